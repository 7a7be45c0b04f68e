import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Redis from 'ioredis';
import type { PrivateRedis } from '../../dev/private-redis.js';
import { accountKeys } from '../../src/redis/keys.js';
import { FROM } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Endpoint, loadBefore, quantile, startEndpoint, withEndpoint } from './endpoint.js';
import { type Row, scaled } from './lab.js';
import { createPoster, type Posted } from './poster.js';

const LINES = 20;
const BETWEEN_MS = 20;
const WITHIN_MS = 1000;

export const REDIS_AWAY: Row = {
  name: 'callbacks come while Redis is killed, and while it is frozen',
  promise:
    'without a spool each is answered 503 within 1 s; with one each is answered 200, and all of them are applied when Redis is back',
  run: (asked) =>
    withEndpoint(async (bare, redis) => {
      const load = loadBefore();
      const dir = await mkdtemp(join(tmpdir(), 'waybill-spool-'));
      const spooling = await startEndpoint(redis.url, { WAYBILL_WEBHOOK_SPOOL: dir });
      try {
        const calls = scaled(1000, asked, 20);
        const killed = await meanwhile(redis, ['SIGKILL', () => redis.restart()], () =>
          callBoth({ bare, spooling, calls, name: 'killed' }),
        );
        await Promise.all([bare, spooling].map((endpoint) => endpoint.ready()));
        const frozen = await meanwhile(redis, ['SIGSTOP', () => redis.kill('SIGCONT')], () =>
          callBoth({ bare, spooling, calls, name: 'frozen' }),
        );
        const spooled = [...killed.spooled, ...frozen.spooled].filter(({ status }) => status === 200).length;
        const applied = await whenReplayed(redis.url, dir, spooled);
        const refusals = [...killed.refused, ...frozen.refused];
        const latest = quantile(
          refusals.map(({ ms }) => ms),
          1,
        );
        const figures = {
          ...load,
          calls: 4 * calls,
          refusedAfterAtMost: `${latest} ms`,
          killedP99: `${p99(killed.refused)} ms`,
          frozenP99: `${p99(frozen.refused)} ms`,
          spooled,
          spooledKilledP99: `${p99(killed.spooled)} ms`,
          spooledFrozenP99: `${p99(frozen.spooled)} ms`,
          applied,
        };
        const odd = refusals.filter(({ status }) => status !== 503).length;
        const broken = [
          ...(odd > 0 ? [`${odd} were not answered 503`] : []),
          ...(spooled < 2 * calls ? [`${2 * calls - spooled} were not spooled`] : []),
          ...(applied !== spooled ? [`${applied} of ${spooled} were applied`] : []),
          // A short form shares its machine.
          ...(asked.scale === 1 && latest > WITHIN_MS ? ['a 503 came too late'] : []),
        ];
        return { figures, broken };
      } finally {
        await spooling.child.close();
        await rm(dir, { recursive: true });
      }
    }),
};

function p99(posted: readonly Posted[]): number {
  return quantile(
    posted.map(({ ms }) => ms),
    0.99,
  );
}

type Fault = readonly [NodeJS.Signals, () => Promise<void>];

async function meanwhile<T>(redis: PrivateRedis, [signal, mend]: Fault, work: () => Promise<T>): Promise<T> {
  await redis.kill(signal);
  try {
    return await work();
  } finally {
    await mend();
  }
}

type Calls = {
  readonly bare: Endpoint;
  readonly spooling: Endpoint;
  readonly calls: number;
  readonly name: string;
};

async function callBoth({ bare, spooling, calls, name }: Calls) {
  const refused = await call(bare, calls, `${name}-bare`);
  return { refused, spooled: await call(spooling, calls, name) };
}

/** So many calls on a few connections, each with a message of its own. */
async function call({ port }: Endpoint, calls: number, name: string): Promise<readonly Posted[]> {
  const posted: Posted[] = [];
  let next = 0;
  const line = async (): Promise<void> => {
    const poster = createPoster(port);
    for (let index = next++; index < calls; index = next++) {
      posted.push(await poster.post(message(`${name}-${index}`)));
      await sleep(BETWEEN_MS);
    }
    poster.close();
  };
  await Promise.all(Array.from({ length: LINES }, line));
  return posted;
}

function message(unique: string): Buffer {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const fields = {
    status: 'OK',
    hook: 'new',
    unique,
    from: '972501234567',
    to: FROM,
    type: 'text',
    timestamp,
  };
  return Buffer.from(JSON.stringify(fields));
}

/** Waits until nothing is on disk any more; how many messages Redis then knows. */
async function whenReplayed(url: string, dir: string, wanted: number): Promise<number> {
  const redis = new Redis(url);
  const count = async () => (await redis.keys(accountKeys('waybill', FROM).seen('*'))).length;
  try {
    const isDone = async () => {
      const files = await readdir(dir, { recursive: true });
      return (await count()) >= wanted && !files.some((name) => name.endsWith('.spool'));
    };
    await eventually(isDone, { timeoutMs: 60_000 }).catch(() => undefined);
    return await count();
  } finally {
    redis.disconnect();
  }
}
