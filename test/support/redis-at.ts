import type { RedisServers } from '../../src/index.js';
import { userOfServers } from './least-rights.js';

/** How a process and how the library are told where Redis is. */
export type RedisAt = {
  readonly env: Readonly<Record<string, string>>;
  readonly redis: string | RedisServers;
};

export function redisAt(where: string | RedisAt): RedisAt {
  return typeof where === 'string' ? { env: { REDIS_URL: where }, redis: where } : where;
}

const HOST = '127.0.0.1';

export function behindSentinels(ports: readonly number[], name: string): RedisAt {
  return {
    env: { REDIS_SENTINELS: listed(ports), REDIS_SENTINEL_NAME: name, ...userSettings() },
    redis: { sentinels: ports.map((port) => ({ host: HOST, port })), name, ...userOfServers() },
  };
}

export function inCluster(ports: readonly number[]): RedisAt {
  return {
    env: { REDIS_CLUSTER: listed(ports), ...userSettings() },
    redis: { cluster: ports.map((port) => ({ host: HOST, port })), ...userOfServers() },
  };
}

function listed(ports: readonly number[]): string {
  return ports.map((port) => `${HOST}:${port}`).join(',');
}

function userSettings(): Readonly<Record<string, string>> {
  const { username, password } = userOfServers();
  return username === undefined || password === undefined
    ? {}
    : { REDIS_USERNAME: username, REDIS_PASSWORD: password };
}
