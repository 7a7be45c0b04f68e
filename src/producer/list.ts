import type { Country } from '../domain/phone-number.js';
import { findRecipient, parseRecipient, type RecipientParse } from '../domain/recipient.js';
import type { Status } from '../domain/status.js';
import { UnknownAccountError, ValidationError } from '../errors.js';
import { instant } from '../queue/request-fields.js';
import type { DeliveryRow, Step, StepAsked } from '../redis/lists.js';
import { type Place, placeAt, readCursor, writeCursor } from './cursor.js';
import { openStream, type Stream, takeNewest } from './list-stream.js';

/** What is listed: everything that is given must be met. Times in epoch milliseconds, both included. */
export type ListFilter = {
  /** Account number or name; default: all accounts. */
  readonly from?: string | undefined;
  /** Numbers of the accounts that the caller may see; default: all. */
  readonly visible?: readonly string[] | undefined;
  /** The recipient under either name, as people write it. */
  readonly to?: string | undefined;
  /** The status it has. */
  readonly status?: Status | undefined;
  /** Why it waits, is held, or ended. */
  readonly reason?: string | undefined;
  /** Created then or later: a `Date`, ISO 8601 with its zone, or epoch milliseconds. */
  readonly since?: Date | string | number | undefined;
  /** Created then or before. */
  readonly until?: Date | string | number | undefined;
  /** Go on where a page has ended. */
  readonly cursor?: string | undefined;
  /** 1 to 500, default 50. */
  readonly limit?: number | undefined;
};

/** A page may be short, even empty, though more follows: the cursor alone tells. */
export type Page<Row> = {
  /** Newest first. */
  readonly deliveries: readonly Row[];
  /** Null when nothing follows. */
  readonly cursor: string | null;
};

export type ListDeps = {
  readonly accounts: () => Promise<readonly ListedAccount[]>;
  readonly readStep: (asked: StepAsked) => Promise<Step>;
};

type ListedAccount = {
  readonly from: string;
  readonly name: string;
  readonly country?: Country | null;
};

const DEFAULT_LIMIT = 50;
const LONGEST_PAGE = 500;
/** So many deliveries are looked at for a page, and so often is Redis asked: what is rare makes short pages. */
const MOST_LOOKED_AT = 5000;
const MOST_ROUNDS = 30;
const SHORTEST_STEP = 10;

/**
 * One page of deliveries. A delivery that exists and matches all the while that somebody pages is on exactly one page.
 * @throws ValidationError, UnknownAccountError
 */
export async function listDeliveries(filter: ListFilter, deps: ListDeps): Promise<Page<DeliveryRow>> {
  const limit = limitOf(filter);
  let last: Place = startOf(filter);
  const streams = await openStreams({ filter, limit, start: last }, deps);
  const found: DeliveryRow[] = [];
  let looked = 0;
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    await Promise.all(streams.map((stream) => stream.fill()));
    while (streams.every((stream) => stream.isFilled())) {
      const next = takeNewest(streams);
      if (next === undefined) return { deliveries: found, cursor: null };
      last = next;
      looked += 1;
      if (matches(next.row, filter)) found.push(next.row);
      if (found.length === limit || looked === MOST_LOOKED_AT)
        return { deliveries: found, cursor: writeCursor(last) };
    }
  }
  return { deliveries: found, cursor: writeCursor(last) };
}

function limitOf({ limit = DEFAULT_LIMIT }: ListFilter): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LONGEST_PAGE) return limit;
  throw new ValidationError([
    { pointer: '/limit', detail: `must be a whole number from 1 to ${LONGEST_PAGE}` },
  ]);
}

function startOf({ cursor, until }: ListFilter): Place {
  return cursor === undefined
    ? placeAt(until === undefined ? Number.MAX_SAFE_INTEGER : instant.parse(until))
    : readCursor(cursor);
}

type Start = { readonly filter: ListFilter; readonly limit: number; readonly start: Place };

async function openStreams({ filter, limit, start }: Start, deps: ListDeps): Promise<readonly Stream[]> {
  const accounts = await accountsOf(filter, deps);
  const most = Math.max(SHORTEST_STEP, Math.ceil((2 * limit) / Math.max(1, accounts.length)));
  const { status, since } = filter;
  const atLeast = since === undefined ? 0 : instant.parse(since);
  return withRecipients(accounts, filter.to).map(({ from, to }) =>
    openStream({ asked: { from, to, status, atLeast }, start, most, readStep: deps.readStep }),
  );
}

async function accountsOf(
  { from, visible }: ListFilter,
  { accounts }: ListDeps,
): Promise<readonly ListedAccount[]> {
  const all = await accounts();
  const seen = all.filter((account) => visible === undefined || visible.includes(account.from));
  if (from === undefined) return seen;
  const account = seen.find((each) => each.from === from || each.name === from);
  if (account === undefined) throw new UnknownAccountError(from, { known: seen.map(({ name }) => name) });
  return [account];
}

type Asked = { readonly from: string; readonly to: string | undefined };

/** Why none of these accounts may have a recipient by this; null: one may. */
export function faultOfRecipient(
  accounts: readonly Pick<ListedAccount, 'country'>[],
  written: string,
): string | null {
  if (accounts.some(({ country }) => findRecipient(written, country).ok)) return null;
  const parsed = findRecipient(written);
  return parsed.ok ? null : parsed.detail;
}

/** A national number is another one in each country; an account of none has nobody by it. */
function withRecipients(accounts: readonly ListedAccount[], written: string | undefined): readonly Asked[] {
  if (written === undefined) return accounts.map(({ from }) => ({ from, to: undefined }));
  const read = accounts.flatMap(({ from, country }) => {
    const parsed = findRecipient(written, country);
    return parsed.ok ? [{ from, to: parsed.recipient }] : [];
  });
  return read.length > 0 ? read : accounts.map(({ from }) => ({ from, to: orThrow(findRecipient(written)) }));
}

/**
 * The recipient as people write it to an account of this country, where nobody else may be meant.
 * @throws ValidationError
 */
export function readRecipient(to: string, country?: Country | null, pointer = '/to'): string {
  const parsed = parseRecipient(to, country ?? null);
  const isUnclear = !parsed.ok && parseRecipient(to).ok;
  return orThrow(parsed.ok || isUnclear ? parsed : findRecipient(to, country), pointer);
}

/** @throws ValidationError */
export function orThrow(parsed: RecipientParse, pointer = '/to'): string {
  if (!parsed.ok) throw new ValidationError([{ pointer, detail: parsed.detail }]);
  return parsed.recipient;
}

function matches(row: DeliveryRow, { status, reason }: ListFilter): boolean {
  return (status === undefined || row.status === status) && (reason === undefined || row.reason === reason);
}
