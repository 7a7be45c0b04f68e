import type { Account } from '../domain/account.js';
import {
  judgeVersion,
  nextVersion,
  type Occasion,
  type PublishedAccount,
  settingsOf,
} from '../domain/published-account.js';
import { type PublishedRow, publishAccount, readPublished } from '../redis/accounts.js';
import type { createAttendance } from '../redis/attendance.js';
import type { Redis } from '../redis/connection.js';

/** An account as the settings here have it. */
export type OwnAccount = { readonly account: Account; readonly hash: string };

export type PublishDeps = {
  readonly redis: Redis;
  readonly prefix: string;
  readonly attendance: Pick<ReturnType<typeof createAttendance>, 'othersOf'>;
  readonly now: () => number;
};

/** Somebody else may publish the same account at the same moment. */
const TRIES = 3;

/** Publishes an account where this version of it counts; answers what is published then. */
export async function publishOwn(
  { account, hash }: OwnAccount,
  { row, occasion }: { readonly row: PublishedRow | undefined; readonly occasion: Occasion },
  deps: PublishDeps,
): Promise<PublishedAccount | undefined> {
  const { redis, prefix, attendance, now } = deps;
  const { from } = account;
  let before = row;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const verdict = judgeVersion(hash, before?.account, occasion);
    if (verdict === 'keep') break;
    const published = before?.account.version?.hash ?? '';
    if (verdict === 'if_unserved' && (await attendance.othersOf(from)).includes(published)) break;
    const after = { ...account, version: nextVersion(hash, before?.account, now()) };
    if (await publishAccount(redis, prefix, { before, after })) return after;
    before = await readPublished(redis, prefix, from);
  }
  return before?.account;
}

/** Publishes that an account has gone, once no other worker serves it; false: not yet. */
export async function publishGone(
  { from }: Account,
  row: PublishedRow | undefined,
  { redis, prefix, attendance, now }: PublishDeps,
): Promise<boolean> {
  if (row === undefined || row.account.removedAt !== undefined) return true;
  if ((await attendance.othersOf(from)).length > 0) return false;
  return publishAccount(redis, prefix, { before: row, after: { ...row.account, removedAt: now() } });
}

/** The settings that count for an account that is served here: newer ones of another worker, else its own. */
export function countingSettings(
  { account, hash }: OwnAccount,
  published: PublishedAccount | undefined,
): Account {
  if (published?.version === undefined || published.version.hash === hash) return account;
  return published.removedAt === undefined ? (settingsOf(published) ?? account) : account;
}
