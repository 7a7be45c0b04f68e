import type { AccountTemplate, ClosedWindowPolicy } from '../domain/account.js';
import type { Country } from '../domain/phone-number.js';
import type { PublishedAccount } from '../domain/published-account.js';
import type { DataKey } from '../domain/seal.js';
import type { Redis } from '../redis/connection.js';
import type { RedisServers } from '../redis/servers.js';

/** An account as far as an app has to know it. */
export type KnownAccount = {
  /** Its number: digits, no `+`. */
  readonly from: string;
  /** Stands for the number in requests; default: the number. */
  readonly name?: string;
  /** What its deliveries do outside the customer window; default: `hold`. */
  readonly onClosedWindow?: ClosedWindowPolicy;
  /** The template for deliveries that bring none. */
  readonly template?: AccountTemplate | null;
  /** ISO 3166 alpha-2, as the workers' `country`: whose national numbers are taken as recipients. */
  readonly country?: Country | null;
};

/** How an app reaches Redis, and what it has to know of the workers' settings. */
export type WaybillOptions = {
  /**
   * `redis://…`, `rediss://…`; `{ sentinels, name }`; `{ cluster }`; `{ url, tls: { ca } }`; or your own ioredis connection, which then stays
   * yours to close.
   */
  readonly redis: string | RedisServers | Redis;
  /** Replicas of Redis that must know of a delivery before `enqueue` answers; default 0. */
  readonly waitReplicas?: number;
  /** First part of every key; `waybill` unless the workers are set otherwise. */
  readonly prefix?: string;
  /**
   * For an app that enqueues before any worker has ever run: they count until a worker publishes the account. Or a
   * function that gives them, which is asked each time.
   */
  readonly accounts?: readonly KnownAccount[] | (() => readonly KnownAccount[]);
  /** Hours that a finished delivery is kept, as the workers' `WAYBILL_RETENTION_HOURS`; default 168. */
  readonly retentionHours?: number;
  /** Hours that its id is remembered, as the workers' `WAYBILL_ID_RETENTION_HOURS`; default 720. */
  readonly idRetentionHours?: number;
  /**
   * As the workers' `WAYBILL_DATA_KEY`: its text, or a function that gives the keys of 32 bytes, which is asked each time.
   * The first encrypts, all decrypt.
   */
  readonly dataKey?: string | (() => readonly DataKey[]);
  /** Told of connection troubles; calls fail by themselves. */
  readonly onError?: (error: Error) => void;
};

/** The same array until what is given changes. */
export function knownAccounts({ accounts = [] }: WaybillOptions): () => readonly PublishedAccount[] {
  const given = typeof accounts === 'function' ? accounts : () => accounts;
  let before = given();
  let configured = before.map(published);
  return () => {
    const now = given();
    if (now !== before) configured = now.map(published);
    before = now;
    return configured;
  };
}

function published({
  from,
  name = from,
  onClosedWindow = 'hold',
  template,
  country,
}: KnownAccount): PublishedAccount {
  const rest = { template: template ?? null, country: country ?? null };
  return { from, name, onClosedWindow, ...rest, billing: 'session' };
}
