import {
  maskCallback,
  type QuarantinedCallback,
  type ReplayedCallback,
  type ShownCallback,
} from '../domain/quarantine.js';
import { WaybillError } from '../errors.js';
import type { OnRedis } from '../producer/unavailable.js';
import { createCallbackStore } from '../redis/callback-store.js';
import type { Redis } from '../redis/connection.js';
import { findUnread, listUnread, readUnread, readUnreadIndex, removeUnread } from '../redis/quarantine.js';
import { type ApplyDeps, applyBody, type CallbackStore } from '../webhooks/apply.js';
import { readLate } from '../webhooks/keep.js';
import { WEBHOOK_LIMITS } from '../webhooks/limits.js';
import type { NamedAccount } from './accounts.js';

export type QuarantineOptions = {
  readonly redis: Redis;
  readonly prefix: string;
  readonly accounts: () => Promise<readonly NamedAccount[]>;
  readonly onRedis: OnRedis;
  /** Told of what a replay applies. */
  readonly observer: Pick<ApplyDeps['observer'], 'applied'>;
};

/** `visible`: the numbers of the accounts that the caller may see; absent: all, and what is about none. */
export type Seeing = { readonly visible?: readonly string[] | undefined };

type Listing = Seeing & { readonly cursor?: string | undefined; readonly limit: number };

export type CallbackPage = {
  readonly callbacks: readonly ShownCallback[];
  /** For the next page; null when nothing follows. */
  readonly cursor: string | null;
};

export type Quarantine = {
  /** Newest first; a page may be short though more follows. */
  list(asked: Listing): Promise<CallbackPage>;
  count(seeing?: Seeing): Promise<number>;
  /** @throws WaybillError CALLBACK_NOT_FOUND */
  show(id: string, seeing?: Seeing): Promise<ShownCallback>;
  /** Applies one as of the time at which it came. @throws WaybillError CALLBACK_NOT_FOUND */
  replay(id: string, seeing?: Seeing): Promise<ReplayedCallback>;
  /** The same with all, oldest first. */
  replayAll(seeing?: Seeing): Promise<readonly ReplayedCallback[]>;
};

const ROWS_AT_ONCE = 50;

/** What could not be applied: to be looked at, and replayed once it is understood. */
export function createQuarantine(options: QuarantineOptions): Quarantine {
  const { redis, prefix, onRedis } = options;

  async function find(id: string, seeing: Seeing): Promise<QuarantinedCallback> {
    const found = await onRedis(() => findUnread(redis, prefix, id));
    if (found !== null && mayShow(found, seeing)) return found;
    throw new WaybillError('CALLBACK_NOT_FOUND', 'No callback is kept under this id');
  }

  /** All that is kept at this moment, oldest first. */
  async function* all(seeing: Seeing): AsyncGenerator<QuarantinedCallback> {
    const places = (await onRedis(() => readUnreadIndex(redis, prefix))).toReversed();
    for (let start = 0; start < places.length; start += ROWS_AT_ONCE) {
      const some = places.slice(start, start + ROWS_AT_ONCE);
      const callbacks = await onRedis(() => readUnread(redis, prefix, some));
      yield* callbacks.filter((each) => mayShow(each, seeing));
    }
  }

  async function replay(callback: QuarantinedCallback, apply: Apply): Promise<ReplayedCallback> {
    const replayed = await onRedis(() => apply(callback));
    if (replayed.result !== 'kept') await onRedis(() => removeUnread(redis, prefix, callback));
    return replayed;
  }

  return {
    async list({ cursor, limit, ...seeing }) {
      const page = await onRedis(() => listUnread(redis, prefix, { cursor, limit }));
      const callbacks = page.callbacks.filter((each) => mayShow(each, seeing)).map(show);
      return { callbacks, cursor: page.cursor };
    },
    async count(seeing = {}) {
      let count = 0;
      for await (const _each of all(seeing)) count += 1;
      return count;
    },
    show: async (id, seeing = {}) => show(await find(id, seeing)),
    replay: async (id, seeing = {}) => replay(await find(id, seeing), await createApply(options)),
    async replayAll(seeing = {}) {
      const apply = await createApply(options);
      const replayed: ReplayedCallback[] = [];
      for await (const callback of all(seeing)) replayed.push(await replay(callback, apply));
      return replayed;
    },
  };
}

/** What is about no account that can be read is for those who see all. */
function mayShow(callback: QuarantinedCallback, { visible }: Seeing): boolean {
  if (visible === undefined) return true;
  const account = accountOf(callback);
  return account !== null && visible.includes(account);
}

function show(callback: QuarantinedCallback): ShownCallback {
  const { id, reason, receivedAt, raw } = callback;
  return { id, reason, receivedAt, account: accountOf(callback), body: maskCallback(raw) };
}

/** Null also where it is about several. */
function accountOf({ raw, receivedAt }: QuarantinedCallback): string | null {
  const { body } = readLate(raw, receivedAt);
  if (body.kind === 'not_json') return null;
  const [account = null, ...others] = new Set(body.callbacks.map(({ callback }) => callback.account));
  return others.length === 0 ? account : null;
}

type Apply = (callback: QuarantinedCallback) => Promise<ReplayedCallback>;

/** Applies as the webhook consumer does. What is still not understood stays as it is. */
async function createApply({ redis, prefix, accounts, observer }: QuarantineOptions): Promise<Apply> {
  const known = new Set((await accounts()).map(({ from }) => from));
  const applying = createCallbackStore({ redis, prefix, isAccount: async (from) => known.has(from) });
  const store: CallbackStore = { ...applying, keepUnread: async () => 'duplicate' };

  return async ({ id, raw, receivedAt }) => {
    const late = readLate(raw, receivedAt);
    if (late.body.kind === 'not_json') return { id, result: 'kept', reason: late.body.kind };
    const left: string[] = [];
    let isNew = false;
    const heard: ApplyDeps['observer'] = {
      quarantined: () => undefined,
      applied(callback, result) {
        observer.applied(callback, result);
        isNew ||= result.kind === 'applied' || result.kind === 'early';
        if (result.kind === 'unknown_account') left.push(result.kind);
        // A key that comes twice is no reason to keep what has been applied, once somebody has seen it.
        else if (callback.kind === 'other' && callback.name !== 'keys_repeated') left.push(callback.name);
      },
    };
    await applyBody(late, { store, observer: heard, deadlines: WEBHOOK_LIMITS });
    const [reason] = left;
    if (reason !== undefined) return { id, result: 'kept', reason };
    return { id, result: isNew ? 'applied' : 'duplicate' };
  };
}
