import { Pool } from 'undici';
import { SECOND } from '../domain/time.js';
import { createConnector } from '../network/connector.js';
import type { TunnelTo } from '../network/tunnel.js';
import { Post, type PostOptions, type PostResult } from './post.js';

export type TransportOptions = {
  /** The provider's base URL; the calls live below its path. */
  readonly baseUrl: string;
  /** At most so many sockets; without it one per POST in flight, so that none waits for another. */
  readonly connections?: number;
  /** Default 5 s. undici's timer is coarse: it may fire up to a second late. */
  readonly connectTimeoutMs?: number;
  /** PEM of the only authority to trust, in place of the system's. */
  readonly ca?: string;
  /** The way there, where it is through a proxy. */
  readonly tunnelTo?: TunnelTo;
};

/** POSTs JSON, once: no retry, no redirect, no HTTP/2. What the network does is told by the result. */
export type Transport = {
  post(call: string, body: unknown, options: PostOptions): Promise<PostResult>;
  /** Lets what is in flight end, for as long as its own timeout; then closes every socket. */
  close(): Promise<void>;
};

const CONNECT_TIMEOUT_MS = 5 * SECOND;
/**
 * A second less than the shortest common server setting (5 s: Node, Apache). A socket that the server closes
 * while we write on it makes an unknown outcome; a new connection costs some milliseconds. The server's own
 * `Keep-Alive` hint may only shorten it.
 */
const KEEP_ALIVE_MS = 4 * SECOND;
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json',
  'user-agent': 'waybill',
} as const;

const CLOSED: PostResult = { kind: 'broken', bytesLeft: false, reason: 'closed', detail: 'closed' };

/** Opens no connection until the first POST. Throws on a base URL that is none. */
export function createTransport(options: TransportOptions): Transport {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = openPool(base.origin, options);
  const inFlight = new Set<Promise<PostResult>>();
  let closing: Promise<void> | undefined;

  return {
    async post(call, body, postOptions) {
      if (closing !== undefined) return CLOSED;
      const payload = Buffer.from(JSON.stringify(body));
      const post = new Post(postOptions);
      inFlight.add(post.result);
      if (post.mayDispatch()) {
        pool.dispatch({ method: 'POST', path: `${prefix}/${call}`, headers: HEADERS, body: payload }, post);
      }
      return post.result.finally(() => inFlight.delete(post.result));
    },
    close() {
      closing ??= Promise.all(inFlight).then(async () => {
        await pool.destroy();
      });
      return closing;
    },
  };
}

function openPool(origin: string, options: TransportOptions): Pool {
  const { connections, ca, tunnelTo, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const connecting = { timeout: connectTimeoutMs, allowH2: false, ...(ca === undefined ? {} : { ca }) };
  return new Pool(origin, {
    connections: connections ?? null,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    // Off: the POST's own timer is the only one, and covers both.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createConnector(connecting, tunnelTo?.(new URL(origin)) ?? null),
  });
}
