import type { OutcomeKind } from './outcome.js';
import type { Country } from './phone-number.js';

/** What to do with a delivery whose customer window is closed. */
export const CLOSED_WINDOW_POLICIES = ['hold', 'fail', 'template'] as const;
/**
 * `hold` until the client writes, `fail`, or send a `template` instead.
 * @useDeclaredType
 */
export type ClosedWindowPolicy = (typeof CLOSED_WINDOW_POLICIES)[number];

/** What to do with a delivery of which nobody can say whether it was sent. */
export const UNKNOWN_POLICIES = ['hold', 'resend_if_absent'] as const;
/**
 * `hold` for an operator, or `resend_if_absent` from the provider's history.
 * @useDeclaredType
 */
export type UnknownPolicy = (typeof UNKNOWN_POLICIES)[number];

/** `session`: each paid session is billed and in the ledger; `none`: replies cost nothing. */
export const BILLING_MODELS = ['session', 'none'] as const;
export type Billing = (typeof BILLING_MODELS)[number];

/** An answered attempt is never `not_sent`, and a FAIL never `accepted`. */
export const REASON_OUTCOMES = [
  'rejected',
  'throttled',
  'account_error',
  'window_closed',
  'unknown',
] as const satisfies readonly OutcomeKind[];
export type ReasonOutcome = (typeof REASON_OUTCOMES)[number];

/** By FAIL reason (`"9"`) or HTTP status (`"http_503"`): what it means for this account. */
export type ReasonOverrides = Readonly<Record<string, ReasonOutcome>>;

/** Sessions that may be opened per calendar day and month of `timeZone` (IANA); null: no limit. */
export type Budget = {
  readonly perDay: number | null;
  readonly perMonth: number | null;
  readonly timeZone: string;
};

/** A template that carries the file in its header. */
export type AccountTemplate = {
  /** Its name at the provider. */
  readonly name: string;
  /** The provider's number of the language. */
  readonly language?: number;
  /** Body variables in order; `{caption}` stands for the delivery's caption. */
  readonly variables: readonly string[];
};

/** One of our sending numbers, without its key. */
export type Account = {
  /** Digits, no `+`. */
  readonly from: string;
  /** Unique; stands for `from` in commands, logs and metrics. */
  readonly name: string;
  readonly ratePerSecond: number;
  /** Messages to one recipient that may go at once, and the interval that earns another. */
  readonly pairBurst: number;
  readonly pairIntervalMs: number;
  readonly budget: Budget;
  readonly billing: Billing;
  readonly onClosedWindow: ClosedWindowPolicy;
  readonly onUnknown: UnknownPolicy;
  /** Whether the history is asked when nothing is known of a conversation's window. */
  readonly askHistory: boolean;
  /** Whether a file's link is looked at before it is sent. */
  readonly preflight: boolean;
  readonly template: AccountTemplate | null;
  readonly reasons: ReasonOverrides;
  /** Whose national numbers (`050-1234567`) are taken as recipients; null: only numbers with their country code. */
  readonly country: Country | null;
};

/** What an account is when its owner says nothing else. */
export const ACCOUNT_DEFAULTS = {
  ratePerSecond: 80,
  pairBurst: 45,
  pairIntervalMs: 6000,
  budget: { perDay: null, perMonth: null, timeZone: 'UTC' },
  billing: 'session',
  onClosedWindow: 'hold',
  onUnknown: 'hold',
  askHistory: false,
  preflight: false,
  template: null,
  reasons: {},
  country: null,
} as const satisfies Omit<Account, 'from' | 'name'>;

/** `4567-1a2b3c`: the last four digits for people, a hash to tell accounts with equal endings apart. */
export function defaultAccountName(from: string): string {
  return `${from.slice(-4)}-${shortHash(from)}`;
}

/** The account that goes by this number or name; undefined when none does. */
export function findAccount(accounts: readonly Account[], fromOrName: string): Account | undefined {
  return accounts.find(({ from, name }) => from === fromOrName || name === fromOrName);
}

/** FNV-1a, 32 bits folded to 24: six hex digits, too few to be taken for a phone number by the log's mask. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  const folded = ((hash >>> 24) ^ hash) & 0xffffff;
  return folded.toString(16).padStart(6, '0');
}
