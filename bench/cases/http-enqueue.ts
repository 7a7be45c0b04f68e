import { createHash } from 'node:crypto';
import type { Serving } from '../lab/poster.js';
import { alternate } from '../load/alternate.js';
import { measureService } from '../load/measure-service.js';
import { requests } from '../load/requests.js';
import { ratios, spread } from '../report/figures.js';
import { type Asked, type Case, type Result, scaled } from '../report/result.js';
import { servingRow } from '../report/serving.js';

/** How fast an app that speaks HTTP gets deliveries into the queue. */
export const HTTP_ENQUEUE: Case = {
  name: 'http enqueue',
  about: `POSTs of one delivery each, over 50 connections: Waybill's HTTP API, which asks for a key, validates, records and counts;
and a bare fastify route that gives the body to BullMQ's queue.`,
  run,
};

const COUNT = 15_000;
const CONNECTIONS = 50;
const KEY = 'key-of-the-bench-app';
const CALLERS = JSON.stringify([
  {
    name: 'bench',
    sha256: createHash('sha256').update(KEY).digest('hex'),
    accounts: ['*'],
    roles: ['send'],
  },
]);

async function run(asked: Asked): Promise<Result> {
  const bodies = requests(scaled(COUNT, asked, 100)).map((request) => JSON.stringify(request));
  const measures = ['waybill-api', 'bare-api'].map((server) => () => measure(server, bodies, asked));
  const [ours = [], bare = []] = await alternate(asked.rounds, measures);
  const [our, their] = [ours, bare].map((runs) => runs.map(({ perSecond }) => perSecond));
  const rows = [
    [...servingRow('Waybill', ours), ''],
    [...servingRow('bare fastify + queue.add', bare), spread(ratios(our ?? [], their ?? []), 2)],
  ];
  return {
    tables: [{ head: ['who', 'enqueued/s', 'CPU µs: server', 'Redis', 'Waybill / this'], rows }],
    targets: [],
  };
}

function measure(name: string, bodies: readonly string[], { aof }: Asked): Promise<Serving> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
  return measureService({
    name,
    env: {
      WAYBILL_API_KEYS: CALLERS,
      WAYBILL_API_RATE: '100000',
      WAYBILL_LISTEN_API: '127.0.0.1:0',
    },
    redis: { aof },
    posts: async (origin) => ({
      url: `${origin}/v1/deliveries`,
      headers,
      bodies,
      connections: CONNECTIONS,
      status: 202,
    }),
  });
}
