import type { RedisConfig } from '../config/redis.js';
import { formatHostPort } from '../domain/host-port.js';
import { WaybillError } from '../errors.js';

const REFUSED = /^(NOAUTH|WRONGPASS|NOPERM)/;

type Known = {
  readonly redis: RedisConfig;
  /** What its connection has told last. */
  readonly trouble?: Error | null;
};

/** Says more of an error that Redis is the cause of: where it is, and why it is away or refuses us. */
export function explainRedis(error: unknown, { redis, trouble = null }: Known): unknown {
  if (!(error instanceof Error)) return error;
  const refusal = [error, error.cause, trouble].find(isRefusal);
  if (refusal !== undefined) {
    const [word] = refusal.message.split(' ', 1);
    const message = `Redis at ${redisPlace(redis)} refuses us (${word}): see its user and password in the settings`;
    return new WaybillError('REDIS_REFUSES', message, { cause: error });
  }
  if (!(error instanceof WaybillError) || error.code !== 'UNAVAILABLE') return error;
  const why = trouble === null ? '' : `: ${redisTrouble(trouble)}`;
  return new WaybillError('UNAVAILABLE', `Redis cannot be reached at ${redisPlace(redis)}${why}`, {
    cause: error,
  });
}

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSED.test(error.message);
}

/** An error of the connection in words: where a name has several addresses, that of all of them has none of its own. */
export function redisTrouble(error: Error): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join(', ');
  }
  return error.message;
}

/** Where Redis is, without user and password. */
export function redisPlace(redis: RedisConfig): string {
  switch (redis.kind) {
    case 'url':
      return formatHostPort(redis);
    case 'sentinels':
      return redis.sentinels.map(formatHostPort).join(', ');
    case 'cluster':
      return redis.nodes.map(formatHostPort).join(', ');
    default:
      return redis satisfies never;
  }
}
