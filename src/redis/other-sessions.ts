import { billingMonth, foldOtherSessions } from '../domain/session.js';
import { DAY } from '../domain/time.js';
import type { Redis } from './connection.js';
import { canonicalRecipient } from './conversation.js';
import { type AccountKeys, accountKeys } from './keys.js';
import { readLedgerSpan } from './ledger.js';

/** A session that another sender from the same number may have opened. Epoch milliseconds. */
export type OtherSession = { readonly to: string; readonly openedAt: number; readonly messages: number };

type Asked = { readonly from: string; readonly month: string; readonly timeZone: string };

/** Times by recipient. */
type Times = ReadonlyMap<string, readonly number[]>;

/**
 * The sessions of one month (`2026-11`) in the account's time zone that another sender may have opened, oldest first:
 * by messages that went out from the number and are no delivery's. Where an attempt is in flight, or its outcome is
 * unknown, a message may yet turn out to be its own: such a conversation is left out meanwhile.
 */
export async function readOtherSessions(
  redis: Redis,
  prefix: string,
  { from, month, timeZone }: Asked,
): Promise<readonly OtherSession[]> {
  const keys = accountKeys(prefix, from);
  const until = Date.parse(`${month}-01T00:00:00Z`) + 33 * DAY;
  const messages = await readMessages(redis, keys, until);
  if (messages.size === 0) return [];
  const ours = await readOpenings(redis, keys, { messages, until });
  const sessions = [...messages].flatMap(([to, sentAt]) =>
    foldOtherSessions(sentAt, ours.get(to) ?? []).map((session) => ({ to, ...session })),
  );
  const ofMonth = sessions.filter(({ openedAt }) => billingMonth(openedAt, timeZone) === month);
  const unsure = await readUnsure(redis, keys, [...new Set(ofMonth.map(({ to }) => to))]);
  return ofMonth.filter(({ to }) => !unsure.has(to)).sort((one, other) => one.openedAt - other.openedAt);
}

const READ_AT_ONCE = 1000;

async function readMessages(redis: Redis, keys: AccountKeys, until: number): Promise<Times> {
  const { others, othersTo } = keys.fixed;
  const flat = await redis.zrangebyscore(others, '-inf', until, 'WITHSCORES');
  const uniques = flat.filter((_, index) => index % 2 === 0);
  const recipients: (string | null)[] = [];
  for (let at = 0; at < uniques.length; at += READ_AT_ONCE) {
    recipients.push(...(await redis.hmget(othersTo, ...uniques.slice(at, at + READ_AT_ONCE))));
  }
  // A client may have been seen by a from_id first: the ledger knows the number.
  const names = new Map<string, string>();
  for (const to of new Set(recipients)) {
    if (to !== null) names.set(to, await canonicalRecipient(redis, keys, to));
  }
  return groupTimes(recipients.map((to, index) => [names.get(to ?? ''), Number(flat[2 * index + 1])]));
}

type Span = { readonly messages: Times; readonly until: number };

async function readOpenings(redis: Redis, keys: AccountKeys, { messages, until }: Span): Promise<Times> {
  const earliest = Math.min(...[...messages.values()].map(([first = until]) => first));
  const rows = await readLedgerSpan(redis, keys, { since: earliest - DAY, until });
  return groupTimes(rows.map(({ to, openedAt }) => [to, openedAt]));
}

function groupTimes(pairs: readonly (readonly [to: string | undefined, at: number])[]): Times {
  const grouped = new Map<string, number[]>();
  for (const [to, at] of pairs) {
    if (to === undefined) continue;
    const known = grouped.get(to);
    if (known === undefined) grouped.set(to, [at]);
    else known.push(at);
  }
  return grouped;
}

/** The conversations with an attempt whose end is not known. */
async function readUnsure(
  redis: Redis,
  keys: AccountKeys,
  recipients: readonly string[],
): Promise<ReadonlySet<string>> {
  const unsure = await Promise.all(
    recipients.map(async (to) => {
      const [flight, doubts] = await Promise.all([
        redis.hexists(keys.conv(to), 'flight'),
        redis.exists(keys.doubts(to)),
      ]);
      return flight + doubts > 0;
    }),
  );
  return new Set(recipients.filter((_, index) => unsure[index]));
}
