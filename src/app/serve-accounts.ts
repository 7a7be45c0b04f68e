import type { Account } from '../domain/account.js';
import type { Occasion } from '../domain/published-account.js';
import { SECOND } from '../domain/time.js';
import type { AccountObserver, AccountsChanged } from '../observe/observer.js';
import { accountHash, listAccounts, readAccountsVersion } from '../redis/accounts.js';
import { createAttendance } from '../redis/attendance.js';
import type { Redis } from '../redis/connection.js';
import type { Core, Running } from './core.js';
import { every } from './every.js';
import {
  countingSettings,
  type OwnAccount,
  type PublishDeps,
  publishGone,
  publishOwn,
} from './publish-accounts.js';

const LOOK_EVERY_MS = SECOND;
const ATTEND_EVERY_MS = 10 * SECOND;
const TTL_MS = 30 * SECOND;

/** What a worker serves. */
export type ServedAccounts = Running & {
  /** With the settings that count by now; the same array until they change. */
  readonly now: () => readonly Account[];
  /** Calls back at each change from now on. */
  onChange(change: (accounts: readonly Account[]) => void): void;
};

/**
 * Publishes the accounts that are configured here, says again and again that this worker serves them, and follows what
 * changes: the settings here, and newer ones that another worker has published.
 */
export async function serveAccounts(core: Core, redis: Redis): Promise<ServedAccounts> {
  const { log } = core;
  const desk = createDesk(core, redis);
  await desk.attend();
  await desk.round(() => 'start');
  const looking = every(LOOK_EVERY_MS, log, desk.look);
  return {
    now: desk.serving,
    onChange: desk.onChange,
    async close() {
      const stopped = looking.close();
      // A round that waits for a Redis that is away may never end; the worker is forgotten without it.
      if (redis.status !== 'ready') return;
      await stopped;
      await desk.leave().catch(() => undefined);
    },
  };
}

function createDesk({ config: { prefix }, secrets, effects, observer }: Core, redis: Redis) {
  const attendance = createAttendance({ redis, prefix, worker: effects.newId(), ttlMs: TTL_MS });
  const settings = createSettings(secrets.accounts);
  const serving = createServing(secrets.accounts(), observer);
  const counting = createCounting({ redis, prefix, attendance, now: effects.now }, settings);
  let seen: string | null = null;
  let attendedAt = Number.NEGATIVE_INFINITY;

  async function attend(): Promise<void> {
    const served = settings.own().map(({ account, hash }) => ({ from: account.from, version: hash }));
    await attendance.attend(served);
    attendedAt = effects.monotonic();
  }

  async function round(occasionOf: OccasionOf): Promise<void> {
    serving.change(await counting.read(occasionOf));
  }

  async function look(): Promise<void> {
    const changed = settings.changed();
    const isDue = effects.monotonic() - attendedAt >= ATTEND_EVERY_MS;
    if (changed !== null || isDue) await attend();
    if (changed !== null) await attendance.leave(settings.gone().map(({ from }) => from));
    const version = await readAccountsVersion(redis, prefix);
    // What others serve may end without a word.
    const mayGoOn = isDue && (counting.isBehind() || settings.gone().length > 0);
    if (changed === null && version === seen && !mayGoOn) return;
    await round((from) => (changed?.has(from) ? 'change' : 'look'));
    settings.taken();
    seen = version;
  }

  return {
    serving: serving.now,
    onChange: serving.onChange,
    attend,
    round,
    look,
    leave: () => attendance.leave(settings.own().map(({ account }) => account.from)),
  };
}

type OccasionOf = (from: string) => Occasion;

/** Publishes what counts of the settings here, and tells which settings count for each account. */
function createCounting(publishing: PublishDeps, settings: ReturnType<typeof createSettings>) {
  const keeper = createKeeper();
  let isBehind = false;
  return {
    /** Whether a newer version than that of the settings here counts for some account. */
    isBehind: () => isBehind,

    async read(occasionOf: OccasionOf): Promise<readonly Account[]> {
      const published = await listAccounts(publishing.redis, publishing.prefix);
      const rows = new Map(published.map((row) => [row.account.from, row]));
      const counting: Account[] = [];
      for (const own of settings.own()) {
        const { from } = own.account;
        const asked = { row: rows.get(from), occasion: occasionOf(from) };
        counting.push(keeper.keep(own, await publishOwn(own, asked, publishing)));
      }
      for (const account of settings.gone()) {
        if (await publishGone(account, rows.get(account.from), publishing)) settings.forget(account);
      }
      isBehind = settings.own().some(({ account }, index) => account !== counting[index]);
      return counting;
    },
  };
}

type Change = (accounts: readonly Account[]) => void;

function createServing(first: readonly Account[], observer: Pick<AccountObserver, 'accountsChanged'>) {
  const listeners: Change[] = [];
  let serving = first;
  return {
    now: () => serving,
    onChange: (change: Change) => void listeners.push(change),
    change(to: readonly Account[]): void {
      if (to.length === serving.length && to.every((each, index) => each === serving[index])) return;
      const before = serving;
      serving = to;
      for (const change of listeners) change(to);
      observer.accountsChanged(changeOf(before, to));
    },
  };
}

/** The settings here as they change. What has changed stays so until it was taken up, however often that fails. */
function createSettings(read: () => readonly Account[]) {
  let taken = read();
  let latest = taken;
  let own = ownOf(taken, new Map());
  let before = own;
  const gone = new Map<string, Account>();

  function refresh(): void {
    own = ownOf(latest, own);
    for (const { account } of before.values()) if (!own.has(account.from)) gone.set(account.from, account);
    for (const from of own.keys()) gone.delete(from);
  }

  return {
    own: (): readonly OwnAccount[] => [...own.values()],
    /** Those that were here once, as long as they are not published as gone. */
    gone: (): readonly Account[] => [...gone.values()],
    forget: ({ from }: Account) => void gone.delete(from),
    /** The accounts that are new, or others than before; null where nothing has changed, not even by going. */
    changed(): ReadonlySet<string> | null {
      latest = read();
      if (latest === taken) return null;
      refresh();
      const others = [...own.values()].filter(
        ({ account: { from }, hash }) => before.get(from)?.hash !== hash,
      );
      return new Set(others.map(({ account }) => account.from));
    },
    taken(): void {
      taken = latest;
      before = own;
    },
  };
}

type Own = ReadonlyMap<string, OwnAccount>;

/** What has not changed stays the same object. */
function ownOf(accounts: readonly Account[], before: Own): Own {
  const found = accounts.map((account): [string, OwnAccount] => {
    const hash = accountHash(account);
    const known = before.get(account.from);
    return [account.from, known?.hash === hash ? known : { account, hash }];
  });
  return new Map(found);
}

/** The same object for the same settings of an account, since what a claim is judged by is kept by it. */
function createKeeper() {
  const kept = new Map<string, { readonly hash: string; readonly account: Account }>();
  return {
    keep(own: OwnAccount, published: Parameters<typeof countingSettings>[1]): Account {
      const account = countingSettings(own, published);
      if (account === own.account) return account;
      const hash = published?.version?.hash ?? '';
      const known = kept.get(account.from);
      if (known?.hash === hash) return known.account;
      kept.set(account.from, { hash, account });
      return account;
    },
  };
}

/** By name. One whose name has changed is another to the metrics. */
function changeOf(before: readonly Account[], after: readonly Account[]): AccountsChanged {
  const names = (accounts: readonly Account[]) => new Set(accounts.map(({ name }) => name));
  const [old, now] = [names(before), names(after)];
  return {
    added: [...now].filter((name) => !old.has(name)),
    changed: after.filter((each) => old.has(each.name) && !before.includes(each)).map(({ name }) => name),
    removed: [...old].filter((name) => !now.has(name)),
  };
}
