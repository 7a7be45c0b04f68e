import { mergeAccounts, type PublishedAccount } from '../domain/published-account.js';
import { SECOND } from '../domain/time.js';
import { listAccounts, readAccountsVersion } from './accounts.js';
import type { Redis } from './connection.js';

/** The accounts that there are, without asking Redis each time. */
export type AccountDirectory = {
  /** By number or name; one that was removed is found where no other has its name. */
  find(fromOrName: string): Promise<PublishedAccount | undefined>;
  all(): Promise<readonly PublishedAccount[]>;
  /** What was known when it last looked; nothing is asked. */
  readonly known: () => readonly PublishedAccount[];
};

export type AccountDirectoryDeps = {
  readonly redis: Redis;
  readonly prefix: string;
  /** Those of the settings here; they count until a worker publishes them. */
  readonly configured: () => readonly PublishedAccount[];
  readonly now: () => number;
};

/** What was looked at so long ago is looked at beside the call that asks; after that, before its answer. */
const FRESH_MS = SECOND;
const STALE_MS = 3 * SECOND;
/** Workers of an earlier release count no changes. */
const READ_AGAIN_MS = 60 * SECOND;

/** Follows what workers publish, by one small question a second at most. */
export function createAccountDirectory({
  redis,
  prefix,
  configured,
  now,
}: AccountDirectoryDeps): AccountDirectory {
  let published: readonly PublishedAccount[] = [];
  let version: string | null = null;
  let [readAt, lookedAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let looking: Promise<void> | null = null;

  async function read(found: string): Promise<void> {
    published = (await listAccounts(redis, prefix)).map(({ account }) => account);
    version = found;
    readAt = now();
  }

  async function lookNow(): Promise<void> {
    const found = await readAccountsVersion(redis, prefix);
    if (found !== version || now() - readAt >= READ_AGAIN_MS) await read(found);
    lookedAt = now();
  }

  function look(): Promise<void> {
    looking ??= lookNow().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function refresh(): Promise<void> {
    const age = now() - lookedAt;
    if (age >= STALE_MS) await look();
    // Whoever asks when Redis is away is told so by what they ask for.
    else if (age >= FRESH_MS) look().catch(() => undefined);
  }

  const merged = createMerger();
  const named = (fromOrName: string) => merged(published, configured()).byName.get(fromOrName);
  const known = () => merged(published, configured()).all;

  return {
    known,
    async find(fromOrName) {
      await refresh();
      const found = named(fromOrName);
      if (found !== undefined || now() - lookedAt < FRESH_MS) return found;
      await look();
      return named(fromOrName);
    },
    async all() {
      await refresh();
      return known();
    },
  };
}

type Merged = {
  readonly all: readonly PublishedAccount[];
  /** By number, and by name: the first that has it. */
  readonly byName: ReadonlyMap<string, PublishedAccount>;
};

/** Merges again only what has changed. */
function createMerger() {
  let of: readonly [unknown, unknown] = [null, null];
  let kept: Merged = { all: [], byName: new Map() };

  return (published: readonly PublishedAccount[], configured: readonly PublishedAccount[]): Merged => {
    if (of[0] === published && of[1] === configured) return kept;
    const all = mergeAccounts(published, configured);
    const byName = new Map<string, PublishedAccount>();
    for (const account of [...all].reverse()) byName.set(account.name, account);
    for (const account of all) byName.set(account.from, account);
    of = [published, configured];
    kept = { all, byName };
    return kept;
  };
}
