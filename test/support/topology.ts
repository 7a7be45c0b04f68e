import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../dev/private-redis.js';
import { withUser } from './least-rights.js';
import type { RedisAt } from './redis-at.js';
import { startTcpProxy, type Watch } from './tcp-proxy.js';

/** Several servers that stand in for each other; one of them can be taken away. */
export type Topology = {
  readonly at: RedisAt;
  /** Kills or freezes the master that has this key. */
  strike(signal: 'SIGKILL' | 'SIGSTOP', key: string): Promise<void>;
  /** Waits until another has taken over, brings back what was struck, and waits until another strike can be borne. */
  heal(): Promise<void>;
  /** What the masters answer, as an operator would ask them. */
  ask(...command: readonly [string, ...string[]]): Promise<readonly unknown[]>;
  close(): Promise<void>;
};

/** A server as the others know it: by the port of the proxy before it. */
export type Node = { readonly redis: PrivateRedis; readonly port: number; close(): Promise<void> };

/** A durable server; its replicas hear of everything so much later. */
export async function startNode(
  argsFor: (port: number) => readonly string[],
  replicationDelayMs: number,
): Promise<Node> {
  let port = 0;
  const proxy = await startTcpProxy(
    () => port,
    () => delayReplication(replicationDelayMs),
  );
  try {
    const extraArgs = ['--repl-diskless-sync-delay', '0', ...argsFor(proxy.port)];
    const redis = await startPrivateRedis(withUser({ appendonly: true, appendfsync: 'always', extraArgs }));
    port = redis.port;
    return {
      redis,
      port: proxy.port,
      async close() {
        await redis.stop();
        await proxy.close();
      },
    };
  } catch (error) {
    await proxy.close();
    throw error;
  }
}

/**
 * Only a replica says REPLCONF, first of all. What is under way when the master dies is lost with it. Redis 8 sends the
 * first snapshot over a connection of its own, which it closes at the end: that one is not kept back.
 */
function delayReplication(delayMs: number): Watch {
  let replicates = false;
  let isSnapshot = false;
  return {
    onRequest(_, bytes) {
      replicates ||= delayMs > 0 && bytes.includes('REPLCONF');
      isSnapshot ||= bytes.includes('rdb-only');
      return bytes;
    },
    onAnswer(link, bytes) {
      if (!replicates || isSnapshot) return bytes;
      setTimeout(() => link.answer(bytes), delayMs).unref();
      return null;
    },
  };
}

/** Asks one server one thing, whoever it is by now. */
export async function askServer(port: number, [name, ...args]: readonly string[]): Promise<unknown> {
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    commandTimeout: 2000,
    protocol: 2,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.call(name ?? '', ...args);
  } finally {
    client.disconnect();
  }
}

/** Whether a server follows another that it has caught up with. */
export async function isInStep(port: number): Promise<boolean> {
  const info = String(await askServer(port, ['INFO', 'replication']));
  return info.includes('role:slave') && info.includes('master_link_status:up');
}
