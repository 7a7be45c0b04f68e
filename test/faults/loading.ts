import { setTimeout as sleep } from 'node:timers/promises';
import Redis from 'ioredis';
import { idsOf } from '../support/provider-truth.js';
import { eventually } from '../support/wait.js';
import { underLoad } from './deploys.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, endedWorkers, figuresOf, judge } from './verdict.js';

const FILLERS = 20_000;
/** What one key takes to load, so that this much is like many gigabytes; and how often Redis answers meanwhile. */
const SLOW_LOADING = ['--key-load-delay', '100', '--loading-process-events-interval-bytes', '1024'];
const ASKED_EVERY_MS = 20;

export const LOADING: Row = {
  name: 'Redis crashes and says LOADING for seconds when it is back',
  promise: 'nothing lost, nothing twice, no worker ends',
  run: (asked) =>
    withFleet(asked, { sandbox: SANDBOX, env: ENV, redis: { extraArgs: SLOW_LOADING } }, async (lab) => {
      const restarts = scaled(5, asked);
      await fill(lab);
      const [planned, loadingMs] = await underLoad(lab, 'load', () => restart(lab, restarts));
      const verdict = await judge(lab.fleet, planned, 120_000);
      const loadingSeconds = Math.round(loadingMs / 100) / 10;
      const figures = { restarts, loadingSeconds, deliveries: idsOf(planned).length, ...figuresOf(verdict) };
      const unmet = loadingMs === 0 ? ['Redis never said LOADING'] : [];
      return { figures, broken: [...brokenPromises(verdict), ...(await endedWorkers(lab.fleet)), ...unmet] };
    }),
};

const ENV = { WAYBILL_CONCURRENCY: '10', WAYBILL_SEND_TIMEOUT_MS: '3000' };
const SANDBOX = {
  latencyMs: { min: 20, max: 100 },
  webhook: { url: 'set by the fleet', retry: 1 as const },
  callbacks: { retryTimeFactor: 0.002 },
};

async function fill({ redis }: Lab): Promise<void> {
  const client = new Redis(redis.url);
  const pipeline = client.pipeline();
  for (let index = 0; index < FILLERS; index += 1) pipeline.set(`filler:${index}`, index);
  await pipeline.exec();
  await client.quit();
}

/** Crashes, and longer or shorter times of loading; returns for how long Redis was heard to be loading. */
async function restart({ redis, dice }: Lab, times: number): Promise<number> {
  let loadingMs = 0;
  for (let index = 0; index < times; index += 1) {
    await sleep(dice.between({ min: 1000, max: 2000 }));
    await compact(redis.url);
    await redis.kill('SIGKILL');
    const back = redis.restart();
    loadingMs += await heardLoading(redis.url);
    await back;
  }
  return loadingMs;
}

/** One entry a key in its file, however much was written since its start. */
async function compact(url: string): Promise<void> {
  const client = new Redis(url);
  await client.bgrewriteaof();
  const isDone = async () => !/aof_rewrite_(in_progress|scheduled):1/.test(await client.info('persistence'));
  await eventually(isDone, { timeoutMs: 30_000 });
  client.disconnect();
}

async function heardLoading(url: string): Promise<number> {
  const client = new Redis(url, { enableReadyCheck: false, retryStrategy: () => ASKED_EVERY_MS });
  client.on('error', () => undefined);
  let since: number | null = null;
  for (;;) {
    const answer = await client.ping().catch((error: unknown) => String(error));
    if (answer.includes('LOADING')) since ??= performance.now();
    if (answer === 'PONG') break;
    await sleep(ASKED_EVERY_MS);
  }
  client.disconnect();
  return since === null ? 0 : performance.now() - since;
}
