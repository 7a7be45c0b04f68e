import { types } from 'node:util';
import { ClosedError, UnavailableError, WaybillError } from '../errors.js';

/** How long a call may take before Redis counts as away. */
export const PATIENCE_MS = 950;

/**
 * Runs a call on Redis; fails within a second when Redis is away, instead of waiting for it to come back.
 * @throws UnavailableError; WaybillError where Redis refuses the call itself
 */
export async function orUnavailable<T>(call: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    // A process that was busy finds its timers due before it has read the answers that have come meanwhile.
    timer = setTimeout(() => setImmediate(() => reject(new UnavailableError())), patienceMs);
  });
  try {
    return await Promise.race([call(), late]);
  } catch (error) {
    throw inOurWords(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks Redis something, for one patience at most. */
export type OnRedis = <T>(call: () => Promise<T>) => Promise<T>;

/** Waits for the connection too: `ready` resolves when Redis can be asked. */
export function patiently(ready: (withinMs: number) => Promise<void>): OnRedis {
  return (call) =>
    orUnavailable(async () => {
      await ready(PATIENCE_MS);
      return call();
    });
}

/** The same of a client that may be closed: what fails then says so. */
export function whileOpen({
  ready,
  isClosed,
}: {
  readonly ready: (withinMs: number) => Promise<void>;
  readonly isClosed: () => boolean;
}): OnRedis {
  const ask = patiently(ready);
  return (call) =>
    ask(call).catch((error: unknown) => {
      throw isClosed() && !isTold(error) ? new ClosedError({ cause: error }) : error;
    });
}

/** What the call itself came to, and not its connection. */
function isTold(error: unknown): boolean {
  return error instanceof WaybillError && error.code !== 'UNAVAILABLE' && error.code !== 'REDIS_REFUSED';
}

/** Asks so often where nothing comes back in time: what Redis was slow to answer, it has done, and does once. */
export async function insist<T>(tries: number, ask: (tried: number) => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await ask(tried);
    } catch (error) {
      if (!(error instanceof UnavailableError) || tried + 1 >= tries) throw error;
    }
  }
}

const CONNECTION_WORDS =
  /AbortError|TimeoutError|Connection is closed|Stream isn't writeable|Command timed out|max retries per request|Cluster|startup nodes|CERT|LEAF_SIGNATURE|ERR_TLS|ERR_SSL|EPROTO|ECONN|EPIPE|ETIMEDOUT/;
/** It answers, but takes nothing in for now. Who queues a transaction meanwhile is told that alone. */
const NOT_NOW_WORDS =
  /READONLY|LOADING|CLUSTERDOWN|MASTERDOWN|MISCONF|NOREPLICAS|EXECABORT|OOM command not allowed/;

/** What the connection says of a question that was not asked through here; any other error as it is. */
export function inOurWords(error: unknown): unknown {
  // An error of another realm is no instance of ours; one about several addresses has a code and no message.
  if (error instanceof WaybillError || !types.isNativeError(error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const words = `${error.name} ${code} ${error.message}`;
  if (CONNECTION_WORDS.test(words) || NOT_NOW_WORDS.test(words))
    return new UnavailableError({ cause: error });
  if (error.name !== 'ReplyError') return error;
  return new WaybillError('REDIS_REFUSED', 'Redis refused the call: see the cause', { cause: error });
}
