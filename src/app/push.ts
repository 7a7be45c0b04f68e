import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.js';
import type { Account } from '../domain/account.js';
import { SECOND } from '../domain/time.js';
import { push } from '../push/pusher.js';
import { createSender, type Sender } from '../push/sender.js';
import type { Redis } from '../redis/connection.js';
import { followEvents } from '../redis/follow-events.js';
import { createLease } from '../redis/lease.js';
import { createPushStore, type PushStore } from '../redis/push-store.js';
import type { Timings } from '../worker/timings.js';
import { type Core, type Running, sealerOf, tunnelsOf } from './core.js';
import { every } from './every.js';
import type { ServedAccounts } from './serve-accounts.js';

const ROLE = 'pusher';
const AGAIN_MS = 5 * SECOND;

export type Endpoint = Config['eventEndpoints'][number];

type Deps = {
  readonly redis: Redis;
  readonly accounts: Pick<ServedAccounts, 'now' | 'onChange'>;
  readonly timings: Timings;
};

/** Pushes events to the configured endpoints, in one worker at a time; another one goes on where it died. */
export async function keepPushing(core: Core, { redis, accounts, timings }: Deps): Promise<Running> {
  const { config, log, observer, effects } = core;
  const { prefix, eventEndpoints } = config;
  if (eventEndpoints.length === 0) return { close: async () => undefined };
  const store = createPushStore(redis, prefix, sealerOf(core));
  let pushed: readonly Account[] = [];
  // At once, not when the lease is ours: what happens from now on is to be told.
  const begin = async (): Promise<void> => {
    for (const endpoint of eventEndpoints) await positionsOf(endpoint, store, accounts.now());
  };
  await begin();
  accounts.onChange(() => {
    begin().catch((error: unknown) => log.warn('events of a new account are told a little later', { error }));
  });
  const lease = createLease({
    redis,
    prefix,
    role: ROLE,
    holder: effects.newId(),
    ttlMs: timings.sweeperLeaseMs,
  });
  let pushing: Running | null = null;

  async function stop(): Promise<void> {
    if (pushing === null) return;
    const stopping = pushing;
    pushing = null;
    observer.leaseLost(ROLE);
    await stopping.close();
  }
  const holding = every(timings.sweepEveryMs, log, async () => {
    if (!(await lease.hold())) return stop();
    if (pushing !== null && pushed === accounts.now()) return;
    if (pushing === null) observer.leaseTaken(ROLE);
    else await pushing.close();
    pushed = accounts.now();
    pushing = pushAll(core, { redis, store, accounts: pushed });
  });
  return {
    async close() {
      const stopped = holding.close();
      const ended = stop();
      if (redis.status !== 'ready') return;
      await Promise.all([stopped, ended]);
      await stop();
      await lease.release().catch(() => undefined);
    },
  };
}

/** One endpoint waits for no other. */
function pushAll(core: Core, deps: Omit<Pushing, 'endpoint' | 'signal'>): Running {
  const stop = new AbortController();
  // Every event that waits to be tried again listens.
  setMaxListeners(0, stop.signal);
  const all = core.config.eventEndpoints.map((endpoint) =>
    pushOn(core, { ...deps, endpoint, signal: stop.signal }),
  );
  return {
    async close() {
      stop.abort();
      await Promise.all(all);
    },
  };
}

type Pushing = {
  readonly endpoint: Endpoint;
  readonly redis: Redis;
  readonly store: PushStore;
  readonly accounts: readonly Account[];
  readonly signal: AbortSignal;
};

async function pushOn(core: Core, pushing: Pushing): Promise<void> {
  const { signal, endpoint } = pushing;
  while (!signal.aborted) {
    try {
      await pushFrom(core, pushing);
    } catch (error) {
      core.log.warn('pushing events failed, and begins again', { endpoint: endpoint.name, error });
    }
    await rest(AGAIN_MS, signal);
  }
}

async function pushFrom(core: Core, pushing: Pushing): Promise<void> {
  const { endpoint, redis, store, signal } = pushing;
  const { config, observer, effects } = core;
  const { now, random } = effects;
  const { name } = endpoint;
  const positions = await positionsOf(endpoint, store, pushing.accounts);
  const following = {
    from: [...positions.keys()],
    after: { positions, base: '0-0' },
    signal,
    sealer: sealerOf(core),
    nameOf: namesOf(pushing.accounts),
  };
  const sender = openSender(core, endpoint, now);
  const own = {
    save: (from: string, position: string) => store.save(name, from, position),
    bury: (event: Parameters<PushStore['bury']>[1], reason: string) => store.bury(name, event, reason),
  };
  try {
    const events = followEvents(redis, config.prefix, following);
    await push(
      events,
      { endpoint, send: sender.send, store: own, observer, now, random, sleep: rest },
      signal,
    );
  } finally {
    await sender.close();
  }
}

/** Posts to an endpoint as it is configured, with its secrets as they are at each moment. */
export function openSender(
  settled: Pick<Core, 'config' | 'secrets'>,
  endpoint: Endpoint,
  now: () => number,
): Sender {
  return createSender({
    endpoint,
    secrets: () => settled.secrets.eventSecrets(endpoint.url),
    headers: () => settled.secrets.eventHeaders(endpoint.url),
    now,
    tunnelTo: tunnelsOf(settled),
  });
}

async function positionsOf(endpoint: Endpoint, store: PushStore, accounts: readonly Account[]) {
  const { name } = endpoint;
  const found = accountsOf(endpoint, accounts).map(
    async (from) => [from, await store.begin(name, from)] as const,
  );
  return new Map(await Promise.all(found));
}

/** The names of accounts by their numbers. */
export function namesOf(
  accounts: readonly { readonly from: string; readonly name: string }[],
): (from: string) => string | undefined {
  const names = new Map(accounts.map(({ from, name }) => [from, name]));
  return (from) => names.get(from);
}

/** The numbers of the accounts that an endpoint is told of. */
export function accountsOf(
  { accounts }: Endpoint,
  all: readonly { readonly from: string; readonly name: string }[],
): readonly string[] {
  const wanted = all.filter(
    ({ from, name }) => accounts.length === 0 || accounts.includes(from) || accounts.includes(name),
  );
  return wanted.map(({ from }) => from);
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
