import type { FailureCode } from '../callbacks/payloads.js';
import type { Dice } from '../dice.js';
import type { Account, World } from '../world.js';

/** A request's JSON object, not yet trusted. */
export type Fields = Readonly<Record<string, unknown>>;

/** One request to the provider's API. `failureCode`: a message that it makes fails later, with this code. */
export type Call = { readonly fields: Fields; readonly dice: Dice; readonly failureCode?: FailureCode };

/** FAIL reasons that the provider lists. */
export const REASONS = {
  noSuchAccount: 2,
  wrongApiKey: 3,
  badRecipient: 4,
  emptyBody: 5,
  windowClosed: 7,
  firstMessage: 8,
} as const;

/** What a call came to; `reason` is null when it is OK, `unique` when it made no message. */
export type Result = {
  readonly json: unknown;
  readonly reason: number | null;
  readonly unique: string | null;
};

export function ok(json: unknown, unique: string | null = null): Result {
  return { json, reason: null, unique };
}

export function fail(reason: number, more: Fields = {}): Result {
  return { json: { status: 'FAIL', reason, ...more }, reason, unique: null };
}

/** A field as text: empty when it is missing; a number counts, as lenient APIs have it. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

/** What may be shown of a request. */
export function withoutKey({ apiKey: _, ...rest }: Fields): Record<string, unknown> {
  return rest;
}

/** The account that a call is signed for, or the reason of the FAIL. */
export function authenticate(world: World, fields: Fields): Account | number {
  const account = world.accounts.get(text(fields, 'from'));
  if (account === undefined) return REASONS.noSuchAccount;
  return account.apiKey === text(fields, 'apiKey') ? account : REASONS.wrongApiKey;
}
