import { actorInWords, type Operation } from './operation.js';
import { verdictOfReason, verdictOfStatus } from './reasons.js';
import type { Status } from './status.js';

/** Reasons that stand for the same wherever they appear: why it waits, is held, ended, or what broke. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['schedule', 'its time has not come'],
  ['lane', 'an earlier delivery of the conversation goes first'],
  ['limit', 'so many messages to one recipient are not allowed at once'],
  ['backoff', 'the last attempt failed, the next one comes later'],
  ['preflight', 'its link could not be looked at yet, and is looked at again soon'],
  ['data_key', 'its request is encrypted, and no worker that took it up has the key'],
  ['window', 'the customer window is closed until the recipient writes'],
  ['budget', 'the budget for new sessions is used up'],
  ['account', 'the account is paused'],
  ['sends_refused', 'the provider refuses what is sent, although it answers other calls well'],
  ['breaker', 'many attempts in a row failed: the provider is left alone for a while'],
  ['expired', 'its time ran out before it could be sent'],
  ['cancelled', 'by an operator'],
  ['window_closed', 'the customer window is closed'],
  ['attempts_used_up', 'every attempt failed'],
  ['job_removed', 'its job was removed from the queue'],
  ['no_template', 'no template is set any more'],
  ['template_unusable', 'its template cannot be sent with what it has'],
  ['link_missing', 'the file is not there any more, by what its host says'],
  ['link_forbidden', 'the file’s host does not give it out'],
  ['link_page', 'a web page came instead of the file'],
  ['link_expired', 'the link to the file is over by its own expiry'],
  ['link_not_public', 'the link to the file leads to no place on the public internet'],
  ['file_type', 'its host serves something else than the file that the link promises'],
  ['file_empty', 'the file is empty'],
  ['file_too_large', 'the file is larger than its kind may be'],
  ['invalid', 'the request is not valid'],
  ['operator', 'an operator said so'],
  ['receipt', 'the provider reported it failed'],
  ['unconfirmed', 'the provider reported ack 0 without a reason, and nothing else in time'],
  ['closed_by_operator', 'an operator said that it was not sent, and closed it'],
  ['history', 'the provider’s history shows it'],
  ['absent', 'the provider’s history does not show it'],
  ['unresolved', 'nobody could tell whether it was sent'],
  ['worker_lost', 'its worker never told what became of the attempt'],
  ['released', 'the attempt was given back before anything was sent'],
  ['stale', 'the attempt was too old to be sent on'],
  ['file', 'the file is on its way to the provider'],
  ['template', 'the template with the file is on its way to the provider'],
  ['dns', 'the provider’s name could not be looked up'],
  ['refused', 'the provider’s host refused the connection'],
  ['connect_timeout', 'the provider’s host did not take the connection in time'],
  ['proxy', 'the proxy gave no way to the provider'],
  ['tls', 'no trusted TLS connection to the provider'],
  ['unreachable', 'the provider could not be reached'],
  ['reset', 'the connection was cut before an answer came'],
  ['timeout', 'no answer came in time'],
  ['broken', 'the connection broke before an answer came'],
  ['bad_http', 'the answer was no HTTP'],
  ['too_large', 'the answer was too large'],
  ['not_json', 'the answer was no JSON'],
]);

/** Says a reason in words; one that is not known stands as it is. Empty where there is nothing to say. */
export function reasonInWords(reason: string): string {
  if (reason === '' || reason === 'ok') return '';
  const known = WORDS.get(reason);
  if (known !== undefined) return known;
  if (/^\d{1,4}$/.test(reason)) return `FAIL ${reason}: ${verdictOfReason(reason).meaning}`;
  const [, status] = /^http_(\d{3})$/.exec(reason) ?? [];
  if (status === undefined) return unlisted(reason);
  return `HTTP ${status}: ${verdictOfStatus(Number(status)).meaning}`;
}

/**
 * An attempt's reason with what the provider or the transport said of it: the detail tells what the reason means in its
 * own words; where there is none, ours do.
 */
export function attemptInWords({
  reason,
  detail,
}: {
  readonly reason: string;
  readonly detail: string;
}): string {
  if (detail === '') return reasonInWords(reason);
  return `${/^\d+$/.test(reason) ? `FAIL ${reason}` : unlisted(reason)}: ${oneLine(detail)}`;
}

/** Failure codes that come by receipt after acceptance. Source: the provider's status callbacks. */
const FAILURE_CODES: ReadonlyMap<string, string> = new Map([
  ['2', 'no credit'],
  ['5', 'daily limit reached'],
  ['7', 'the recipient’s app is too old'],
  ['8', 'needs a template'],
  ['12', 'the template is not approved'],
  ['16', 'too many messages'],
]);

/** Why the provider says that a message failed after it was accepted. */
export type ReportedFailure = {
  readonly failureCode: string | null;
  /** In the provider's own words. */
  readonly failureReason: string | null;
};

export function failureInWords({ failureCode, failureReason }: ReportedFailure): string {
  const meaning = failureReason ?? FAILURE_CODES.get(failureCode ?? '');
  const code = failureCode === null ? '' : `, code ${oneLine(failureCode)}`;
  return `reported failed${code}${meaning === undefined ? '' : `: ${oneLine(meaning)}`}`;
}

type Ended = ReportedFailure & {
  readonly status: Status;
  readonly reason: string;
  /** Where they are known. */
  readonly operations?: readonly Operation[];
};

/** Why a delivery is as it is; of a failure that the provider reported, what it said. */
export function whyInWords({ status, reason, operations = [], ...failure }: Ended): string {
  const cancelling =
    status === 'cancelled' ? operations.findLast(({ verb }) => verb === 'cancel') : undefined;
  if (cancelling !== undefined) return actorInWords(cancelling);
  // Earlier versions wrote no reason of a failure by receipt.
  const isReported = status === 'failed' && (reason === 'receipt' || reason === '');
  return isReported ? failureInWords(failure) : reasonInWords(reason);
}

/** A delivery's status and why, as lists and headlines show it. */
export function endInWords(ended: Ended): string {
  const why = whyInWords(ended);
  return why === '' ? ended.status : `${ended.status}: ${why}`;
}

/** What a receipt is called that left no status of its own. */
export function receiptInWords(receipt: string): string {
  return receipt === 'unconfirmed' ? 'ack 0 without a reason: not sent yet, or failed' : receipt;
}

/** What a status says to somebody who reads it for the first time. */
export function statusInWords(status: Status, reason: string): string {
  const words = reasonInWords(reason);
  return words === '' ? status : `${status}: ${words}`;
}

/** What a reading of the history found that settled nothing. Its words: the worker's. */
const FOUND: ReadonlyMap<string, string> = new Map([
  ['absent', 'does not show the message'],
  ['incomplete', 'could not be read in full'],
  ['ambiguous', 'shows a message that may be this one, and none that is for certain'],
  ['owned_by_another', 'shows a message that belongs to another delivery'],
]);

export function foundInWords(found: string): string {
  return FOUND.get(found) ?? unlisted(found);
}

function unlisted(word: string): string {
  return oneLine(word).replaceAll('_', ' ');
}

/** Text from elsewhere on one line, without what would steer a terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
