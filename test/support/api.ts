import { createHash } from 'node:crypto';
import { runApi } from '../../src/app/api.js';
import { createCore } from './process.js';
import { type RedisAt, redisAt } from './redis-at.js';
import { SHOP } from './stack.js';
import { eventually } from './wait.js';

export type TestKey = {
  readonly name: string;
  readonly secret: string;
  readonly accounts?: readonly string[];
  readonly roles?: readonly string[];
};

/** May do everything, for every account. */
export const BOSS: TestKey = { name: 'boss', secret: 'secret-of-the-boss' };

/** `WAYBILL_API_KEYS` with these keys. */
export function apiKeys(keys: readonly TestKey[]): string {
  return JSON.stringify(
    keys.map(({ name, secret, accounts = ['*'], roles = ['send', 'read', 'operate'] }) => ({
      name,
      sha256: createHash('sha256').update(secret).digest('hex'),
      accounts,
      roles,
    })),
  );
}

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: unknown;
};

export type Call = {
  /** The key; null: none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

export type ApiOptions = {
  readonly keys?: readonly TestKey[];
  readonly env?: Readonly<Record<string, string>>;
};

export type TestApi = Awaited<ReturnType<typeof startApi>>;

/** The HTTP API in this process, for the account of `startStack`. */
export async function startApi(redis: string | RedisAt, { keys = [BOSS], env = {} }: ApiOptions = {}) {
  const { core, metrics, lines } = createCore({
    ...redisAt(redis).env,
    WAYBILL_ACCOUNTS: JSON.stringify([SHOP]),
    WAYBILL_LISTEN_API: '127.0.0.1:0',
    WAYBILL_API_KEYS: apiKeys(keys),
    ...env,
  });
  const api = await runApi(core, '0.0.0');
  // Or a first call would find that Redis does not answer, where this process is slow to connect. It may be away on purpose.
  const isConnected = () => api.dependencies?.().redis === 'ready';
  await eventually(isConnected, { timeoutMs: 5000 }).catch(() => undefined);
  const url = `http://${api.address}`;
  return {
    ...api,
    url,
    metrics,
    lines,
    call: (method: string, path: string, call: Call = {}) => callApi(`${url}${path}`, method, call),
  };
}

export async function callApi(url: string, method: string, call: Call = {}): Promise<Answer> {
  const { key = BOSS.secret, headers = {}, body, signal = null } = call;
  const response = await fetch(url, {
    method,
    signal,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
