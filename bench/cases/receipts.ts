import Redis from 'ioredis';
import { accountKeys } from '../../src/redis/keys.js';
import type { Serving } from '../lab/poster.js';
import { openSnapshots } from '../lab/redis.js';
import { FROM } from '../load/account.js';
import { alternate } from '../load/alternate.js';
import { measureService, type Service } from '../load/measure-service.js';
import { explained, profiled } from '../load/profiled.js';
import { chunks, requests, type SendRequest } from '../load/requests.js';
import { work } from '../load/work.js';
import { ratios } from '../report/figures.js';
import { type Asked, atLeast, type Case, type Result, scaled } from '../report/result.js';
import { servingRow } from '../report/serving.js';
import { WAYBILL } from '../rivals/waybill.js';

/** How fast the provider's callbacks are taken. */
export const RECEIPTS: Case = {
  name: 'receipts',
  about: `Receipts a second over 64 connections: sent, delivered and read of deliveries that were accepted. Waybill's webhook
consumer answers when the receipt is applied, and as durable as Redis's journal makes it; a bare fastify route parses its JSON and answers.`,
  run,
};

const COUNT = 10_000;
const CONNECTIONS = 64;
const TOKEN = 'token-of-the-bench-0123456789';
/** Sent, delivered, read. */
const ACKS = [1, 2, 3];
const MIXED = 100;

const OURS = 'waybill-webhooks';
const BARE = 'bare-webhooks';

async function run(asked: Asked): Promise<Result> {
  const all = requests(scaled(COUNT, asked, 50));
  const snapshots = await openSnapshots();
  try {
    const snapshot = await snapshots.of('accepted', (redisUrl) => acceptAll(redisUrl, all));
    const service = (name: string) => serviceOf(name, all, { asked, snapshot });
    if (asked.profile) return { tables: [], targets: [], profile: await profile(service(OURS)) };
    const measures = [OURS, BARE].map((name) => () => measureService(service(name)));
    const [ours = [], bare = []] = await alternate(asked.rounds, measures);
    return await explained(resultOf(ours, bare), () => profile(service(OURS)));
  } finally {
    await snapshots.close();
  }
}

function profile(service: Service): Promise<string> {
  return profiled((nodeArgs) => measureService(service, nodeArgs));
}

async function acceptAll(redisUrl: string, all: readonly SendRequest[]): Promise<void> {
  const redis = new Redis(redisUrl);
  await WAYBILL.fill(redisUrl, all);
  await work(WAYBILL, redisUrl, {
    what: `${all.length} accepted deliveries`,
    isDone: async () => (await WAYBILL.finished(redis)) === all.length,
  });
  redis.disconnect();
}

type Means = { readonly asked: Asked; readonly snapshot: string };

function serviceOf(name: string, all: readonly SendRequest[], { asked: { aof }, snapshot }: Means): Service {
  return {
    name,
    env: { WAYBILL_WEBHOOK_TOKEN: TOKEN, WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0' },
    redis: { aof, snapshot },
    posts: async (origin, redis) => ({
      url: `${origin}/webhooks/${TOKEN}`,
      headers: { 'content-type': 'application/json' },
      bodies: await receiptsOf(redis, all),
      connections: CONNECTIONS,
      status: 200,
    }),
  };
}

/** Three for each delivery, in their order, those of a hundred deliveries mixed. */
async function receiptsOf(redis: Redis, all: readonly SendRequest[]): Promise<readonly string[]> {
  const keys = accountKeys('waybill', FROM);
  const bodies: string[] = [];
  for (const some of chunks(all, MIXED)) {
    const uniques = await Promise.all(some.map(({ id }) => redis.hget(keys.record(id), 'unique')));
    for (const ack of ACKS)
      bodies.push(...some.map(({ to }, index) => update(uniques[index] ?? '', to, ack)));
  }
  return bodies;
}

/** As the provider documents it: `from` is the client. */
function update(unique: string, client: string, ack: number): string {
  return JSON.stringify({ status: 'OK', hook: 'update', unique, from: client, to: FROM, ack });
}

function resultOf(ours: readonly Serving[], bare: readonly Serving[]): Result {
  const [our, their] = [ours, bare].map((runs) => runs.map(({ perSecond }) => perSecond));
  const figures = ratios(our ?? [], their ?? []);
  const rows = [servingRow('Waybill', ours), servingRow('bare fastify', bare)];
  return {
    tables: [{ head: ['who', 'receipts/s', 'CPU µs: server', 'Redis'], rows }],
    targets: [
      atLeast({ what: 'Waybill / bare fastify', figures, bound: 0.5 }),
      atLeast({ what: 'Receipts a second, durable', figures: our ?? [], bound: 5000 }, 0),
    ],
  };
}
