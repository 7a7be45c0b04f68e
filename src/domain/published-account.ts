import type { Account } from './account.js';

/** Which of several versions of an account's settings counts. */
export type AccountVersion = {
  /** Stands for all settings of the account. */
  readonly hash: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** The versions that it has replaced, the newest first. */
  readonly superseded: readonly string[];
};

/** What workers publish of an account: enough to enqueue for it, explain it, and settle for it. */
export type PublishedAccount = Pick<Account, 'from' | 'name' | 'onClosedWindow' | 'template' | 'billing'> &
  Partial<Account> & {
    /** Absent where a worker of an earlier release has published it. */
    readonly version?: AccountVersion;
    /** When the last worker that served it found it gone from its settings. */
    readonly removedAt?: number;
  };

/** Why a worker compares its settings with what is published. */
export type Occasion = 'start' | 'change' | 'look';

/** `if_unserved`: only where no worker serves the version that is published. */
export type Verdict = 'publish' | 'keep' | 'if_unserved';

const SUPERSEDED_KEPT = 20;

/**
 * The newest version counts. A change that a running worker sees is newer than all before it; so is a version that
 * nobody has seen yet. A version that was replaced comes back only when no worker serves its successor any more:
 * a replica that is started again with old settings changes nothing, while a roll-back does.
 */
export function judgeVersion(
  mine: string,
  published: PublishedAccount | undefined,
  occasion: Occasion,
): Verdict {
  const { version, removedAt } = published ?? {};
  if (version === undefined) return 'publish';
  if (version.hash === mine) return removedAt === undefined ? 'keep' : 'publish';
  if (occasion === 'change') return 'publish';
  if (occasion === 'start' && !version.superseded.includes(mine)) return 'publish';
  return 'if_unserved';
}

/** The version that follows on what is published. */
export function nextVersion(
  hash: string,
  published: PublishedAccount | undefined,
  since: number,
): AccountVersion {
  const before = published?.version;
  const all = before === undefined ? [] : [before.hash, ...before.superseded];
  return { hash, since, superseded: all.filter((each) => each !== hash).slice(0, SUPERSEDED_KEPT) };
}

/** All settings of a published account; null where an earlier release has published less. */
export function settingsOf(published: PublishedAccount): Account | null {
  const { version: _version, removedAt: _removedAt, ...account } = published;
  return isWhole(account) ? account : null;
}

const OPTIONAL_ONCE = [
  'ratePerSecond',
  'pairBurst',
  'pairIntervalMs',
  'budget',
  'onUnknown',
  'askHistory',
  'preflight',
  'reasons',
  'country',
] as const satisfies readonly (keyof Account)[];

function isWhole(account: Partial<Account>): account is Account {
  return OPTIONAL_ONCE.every((field) => account[field] !== undefined);
}

/**
 * The accounts that there are, by name: as workers have published them, and those that only the settings here name.
 * One that was removed comes last, so that its name may belong to another.
 */
export function mergeAccounts(
  published: readonly PublishedAccount[],
  configured: readonly PublishedAccount[],
): readonly PublishedAccount[] {
  const known = new Set(published.map(({ from }) => from));
  const all = [...published, ...configured.filter(({ from }) => !known.has(from))].sort(byName);
  return [...all.filter(isServed), ...all.filter((account) => !isServed(account))];
}

function byName(one: PublishedAccount, other: PublishedAccount): number {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}

/** Whether deliveries may be taken for it. */
export function isServed({ removedAt }: Pick<PublishedAccount, 'removedAt'>): boolean {
  return removedAt === undefined;
}
