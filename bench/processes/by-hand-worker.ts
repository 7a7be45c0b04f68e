import { DelayedError, type Job, Worker } from 'bullmq';
import Redis from 'ioredis';
import { API_KEY, FROM } from '../load/account.js';
import type { SendRequest } from '../load/requests.js';
import { uniqueOf } from '../rivals/answer.js';
import { HAND_KEYS as keys } from '../rivals/by-hand.js';
import { PLAIN_QUEUE, RETENTION } from '../rivals/plain-queue.js';

/**
 * The same rules as somebody would write them who needs them this week: each is a command of its own, where it comes
 * up. What goes wrong between two of them is not mended by anybody.
 */
const concurrency = Number(process.env.CONCURRENCY);
const url = `${process.env.PROVIDER_URL}/sendFile`;
const headers = { 'content-type': 'application/json' };
const redis = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });

const DAY_SECONDS = 24 * 3600;
const LANE_KEPT_MS = 60_000;
const SOON_MS = 1000;
const PER_SECOND = 1_000_000;
const BUDGET = 1_000_000_000;

type SendJob = Job<SendRequest>;

async function send(job: SendJob, token: string | undefined): Promise<{ unique: string }> {
  const { to, id } = job.data;
  if ((await redis.get(keys.window(to))) === null) return later(job, token);
  if ((await redis.set(keys.lane(to), id, 'PX', LANE_KEPT_MS, 'NX')) === null) return later(job, token);
  try {
    if (!(await isInPace())) return await later(job, token);
    const opens = (await redis.get(keys.session(to))) === null;
    if (opens && !(await isInBudget())) return await later(job, token);
    await redis.hset(keys.delivery(id), { status: 'sending', sendingAt: Date.now() });
    const unique = uniqueOf(await post(job.data));
    if (opens) await openSession(to);
    await redis.set(keys.unique(unique), id, 'EX', 7 * DAY_SECONDS);
    await redis.hset(keys.delivery(id), { status: 'accepted', unique, acceptedAt: Date.now() });
    await redis.expire(keys.delivery(id), 7 * DAY_SECONDS);
    return { unique };
  } finally {
    await redis.del(keys.lane(to));
  }
}

async function later(job: SendJob, token: string | undefined): Promise<never> {
  await job.moveToDelayed(Date.now() + SOON_MS, token);
  throw new DelayedError();
}

async function isInPace(): Promise<boolean> {
  const second = keys.pace(Math.floor(Date.now() / 1000));
  const sent = await redis.incr(second);
  if (sent === 1) await redis.expire(second, 10);
  return sent <= PER_SECOND;
}

async function isInBudget(): Promise<boolean> {
  const day = keys.budget(new Date().toISOString().slice(0, 10));
  const opened = await redis.incr(day);
  if (opened === 1) await redis.expire(day, 2 * DAY_SECONDS);
  return opened <= BUDGET;
}

async function openSession(to: string): Promise<void> {
  const now = new Date();
  await redis.set(keys.session(to), now.getTime(), 'EX', DAY_SECONDS);
  await redis.rpush(keys.ledger(now.toISOString().slice(0, 7)), `${to} ${now.toISOString()}`);
}

async function post({ to, fileUrl, caption }: SendRequest): Promise<unknown> {
  const body = JSON.stringify({ apiKey: API_KEY, from: FROM, to, body: fileUrl, caption });
  const response = await fetch(url, { method: 'POST', headers, body });
  return response.json();
}

const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });
const worker = new Worker<SendRequest>(PLAIN_QUEUE, send, { connection, concurrency, ...RETENTION });
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));

process.once('SIGTERM', async () => {
  await worker.close();
  process.exit(0);
});
process.once('disconnect', () => process.exit(1));
