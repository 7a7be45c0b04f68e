import { SECOND } from '../domain/time.js';

/** What a caller may take of us. The provider gives up after 5 s: the store's time stays below. */
export const WEBHOOK_LIMITS = {
  bodyBytes: 256 * 1024,
  /** Of all bodies that are on their way at a time. */
  heldBytes: 64 * 1024 * 1024,
  headerBytes: 16 * 1024,
  headersMs: 5 * SECOND,
  requestMs: 10 * SECOND,
  /** How often the two above are looked at. */
  checkMs: SECOND,
  keepAliveMs: 5 * SECOND,
  /** Behind proxies: longer than their idle timeout (60 s is usual), since they must be the ones who hang up. */
  proxiedKeepAliveMs: 72 * SECOND,
  connections: 2000,
  /** Connections that the system may hold for us until we take them: Node takes one in each turn of its loop. */
  backlog: 2000,
  inFlight: 500,
  storeMs: 3 * SECOND,
  /** How long `close` waits for requests that have begun, before their connections are cut. */
  drainMs: 5 * SECOND,
} as const;

export type WebhookLimits = { readonly [name in keyof typeof WEBHOOK_LIMITS]: number };
