import type { ReasonOutcome, ReasonOverrides } from './account.js';

/** What an answer means. `mapped` is false when only a guess stands behind it: such answers are counted apart. */
export type Verdict = {
  readonly outcome: ReasonOutcome;
  readonly mapped: boolean;
  /** For people. */
  readonly meaning: string;
};

type Row = { readonly outcome: ReasonOutcome; readonly meaning: string };

/** FAIL reasons. 1-8: the provider's public pages; the Send File document's own table is lost. */
export const FAIL_REASONS: ReadonlyMap<string, Row> = new Map<string, Row>([
  // The provider's word for "no failure": beside FAIL it contradicts itself, and the message may be out.
  ['1', { outcome: 'unknown', meaning: 'FAIL with the reason that means success' }],
  ['2', { outcome: 'account_error', meaning: 'our number is not known, or the request was not valid JSON' }],
  ['3', { outcome: 'account_error', meaning: 'wrong API key' }],
  ['4', { outcome: 'rejected', meaning: 'recipient empty or malformed' }],
  ['5', { outcome: 'rejected', meaning: 'no file link' }],
  ['6', { outcome: 'throttled', meaning: 'WhatsApp error, try again' }],
  ['7', { outcome: 'window_closed', meaning: 'over 24 h since the recipient wrote' }],
  ['8', { outcome: 'window_closed', meaning: 'the recipient has never written' }],
]);

/** A FAIL that no row names: refused, for a reason that the operator may add to the account. */
export const UNLISTED_FAIL: Verdict = { outcome: 'rejected', mapped: false, meaning: 'reason not listed' };

type StatusRow = Row & { readonly from: number; readonly to: number; readonly mapped: boolean };

/** HTTP statuses of answers whose body tells no FAIL reason. The first row that holds the status counts. */
export const HTTP_STATUSES: readonly StatusRow[] = [
  { from: 200, to: 299, outcome: 'unknown', mapped: true, meaning: 'neither OK nor FAIL' },
  {
    from: 300,
    to: 399,
    outcome: 'account_error',
    mapped: true,
    meaning: 'redirected: not the right base URL',
  },
  { from: 401, to: 401, outcome: 'account_error', mapped: true, meaning: 'not authorized' },
  { from: 403, to: 403, outcome: 'account_error', mapped: true, meaning: 'forbidden' },
  {
    from: 404,
    to: 405,
    outcome: 'account_error',
    mapped: true,
    meaning: 'no such call: not the right base URL',
  },
  { from: 408, to: 408, outcome: 'unknown', mapped: true, meaning: 'timed out on the other side' },
  { from: 429, to: 429, outcome: 'throttled', mapped: true, meaning: 'too many requests' },
  { from: 400, to: 499, outcome: 'rejected', mapped: false, meaning: 'request refused' },
  // 503 too: a proxy may answer it after the provider took the message.
  { from: 500, to: 599, outcome: 'unknown', mapped: true, meaning: 'error on the other side' },
];

const UNHEARD_OF: Verdict = { outcome: 'unknown', mapped: true, meaning: 'a status that HTTP does not have' };

/** What a FAIL with this reason (as text) means for an account. */
export function verdictOfReason(reason: string, overrides: ReasonOverrides = {}): Verdict {
  const row = FAIL_REASONS.get(reason);
  const listed = row === undefined ? UNLISTED_FAIL : { ...row, mapped: true };
  return overridden(listed, reason, overrides);
}

/** What an HTTP status alone means for an account. */
export function verdictOfStatus(status: number, overrides: ReasonOverrides = {}): Verdict {
  const row = HTTP_STATUSES.find(({ from, to }) => status >= from && status <= to);
  const listed =
    row === undefined ? UNHEARD_OF : { outcome: row.outcome, mapped: row.mapped, meaning: row.meaning };
  return overridden(listed, statusReason(status), overrides);
}

/** `http_503`: an HTTP status where a reason is wanted. */
export function statusReason(status: number): string {
  return `http_${status}`;
}

function overridden(verdict: Verdict, reason: string, overrides: ReasonOverrides): Verdict {
  // Own keys only: "constructor" is a reason that a broken provider may well send.
  const outcome = Object.hasOwn(overrides, reason) ? overrides[reason] : undefined;
  return outcome === undefined ? verdict : { ...verdict, outcome, mapped: true };
}
