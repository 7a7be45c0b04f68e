import { type PrivateRedis, type PrivateRedisOptions, startPrivateRedis } from '../../dev/private-redis.js';
import { createDice, type Dice } from '../../sandbox/dice.js';
import { type Fleet, type FleetOptions, startFleet } from '../support/fleet.js';
import { asUser, withUser } from '../support/least-rights.js';
import { startTcpProxy, type Watch } from '../support/tcp-proxy.js';

/** One fault, done to a fleet of real processes on a real Redis. */
export type Row = {
  readonly name: string;
  /** What is expected of it, in the report's words. */
  readonly promise: string;
  /** Has no short form. */
  readonly onlyInFull?: true;
  run(asked: Asked): Promise<Result>;
};

export type Asked = {
  /** 1 is the full form. */
  readonly scale: number;
  readonly seed: number;
};

export type Result = {
  readonly figures: Readonly<Record<string, number | string>>;
  /** What the promise does not cover, one by one. */
  readonly listed?: readonly string[];
  /** Every promise that was not kept. */
  readonly broken: readonly string[];
};

export type Lab = {
  readonly fleet: Fleet;
  readonly redis: PrivateRedis;
  readonly dice: Dice;
  /** Not the full form: other tests run beside it. */
  readonly isShort: boolean;
};

/** So many of something in the full form, fewer in a shorter one, but never less than `least`. */
export function scaled(full: number, { scale }: Asked, least = 1): number {
  return Math.max(least, Math.round(full * scale));
}

type LabOptions = FleetOptions & {
  readonly redis?: PrivateRedisOptions;
  /** On the way between the fleet and its Redis. */
  readonly wire?: () => Watch;
};

/** Starts a durable Redis and a fleet for one row, and clears both away. */
export async function withFleet<T>(
  { seed, scale }: Asked,
  { redis: own, wire, ...options }: LabOptions,
  work: (lab: Lab) => Promise<T>,
): Promise<T> {
  const redis = await startPrivateRedis(withUser({ appendonly: true, appendfsync: 'always', ...own }));
  const proxy = await startTcpProxy(redis.port, wire ?? (() => ({})));
  try {
    const url = wire === undefined ? redis.url : `redis://127.0.0.1:${proxy.port}`;
    const fleet = await startFleet(asUser(url), { ...options, sandbox: { seed, ...options.sandbox } });
    try {
      return await work({ fleet, redis, dice: createDice(seed), isShort: scale < 1 });
    } finally {
      await fleet.close();
    }
  } finally {
    await proxy.close();
    await redis.stop();
  }
}
