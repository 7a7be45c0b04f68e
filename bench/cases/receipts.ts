import Redis from 'ioredis';
import { accountKeys } from '../../src/redis/keys.js';
import { measureServing, type Serving } from '../lab/poster.js';
import { openSnapshots, startBenchRedis } from '../lab/redis.js';
import { startServer } from '../lab/server.js';
import { ACCOUNTS, FROM } from '../load/account.js';
import { alternate } from '../load/alternate.js';
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
consumer answers when the receipt is applied and durable; a bare fastify route parses its JSON and answers.`,
  run,
};

const COUNT = 10_000;
const CONNECTIONS = 64;
const TOKEN = 'token-of-the-bench-0123456789';
/** Sent, delivered, read. */
const ACKS = [1, 2, 3];
const MIXED = 100;

async function run(asked: Asked): Promise<Result> {
  const all = requests(scaled(COUNT, asked, 50));
  const snapshots = await openSnapshots();
  try {
    const snapshot = await snapshots.of('accepted', (redisUrl) => acceptAll(redisUrl, all));
    const measures = ['waybill-webhooks', 'bare-webhooks'].map(
      (server) => () => measure(server, all, { asked, snapshot }),
    );
    const [ours = [], bare = []] = await alternate(asked.rounds, measures);
    return resultOf(ours, bare);
  } finally {
    await snapshots.close();
  }
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

async function measure(
  name: string,
  all: readonly SendRequest[],
  { asked: { aof }, snapshot }: Means,
): Promise<Serving> {
  const redis = await startBenchRedis({ aof, snapshot });
  try {
    const server = await startServer(name, {
      REDIS_URL: redis.url,
      WAYBILL_ACCOUNTS: ACCOUNTS,
      WAYBILL_WEBHOOK_TOKEN: TOKEN,
      WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
      WAYBILL_LISTEN_METRICS: '127.0.0.1:0',
    });
    const posts = {
      url: `${server.origin}/webhooks/${TOKEN}`,
      headers: { 'content-type': 'application/json' },
      bodies: await receiptsOf(redis.client, all),
      connections: CONNECTIONS,
      status: 200,
    };
    try {
      return await measureServing(posts, { server: server.process, redisPid: redis.pid });
    } finally {
      await server.process.close();
    }
  } finally {
    await redis.close();
  }
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
