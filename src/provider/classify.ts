import type { ReasonOverrides } from '../domain/account.js';
import type { Outcome } from '../domain/outcome.js';
import {
  statusReason,
  UNLISTED_FAIL,
  type Verdict,
  verdictOfReason,
  verdictOfStatus,
} from '../domain/reasons.js';
import { parseRetryAfter } from '../domain/retry-after.js';
import { sanitiseDetail } from './detail.js';
import { parseReply, type Reply } from './parse.js';
import type { PostResult } from './post.js';

export type ClassifyContext = {
  /** Epoch milliseconds, for a `Retry-After` that is a date. */
  readonly now: number;
  readonly overrides?: ReasonOverrides | undefined;
  /** What must not come back in a detail: all that the request said. */
  readonly secrets: readonly string[];
};

type Answered = Extract<PostResult, { kind: 'answered' }>;
type Finding = { readonly verdict: Verdict; readonly reason: string };

/** Acceptance under an HTTP status that denies it: only evidence can tell. */
const CONTRADICTION: Verdict = { outcome: 'unknown', mapped: true, meaning: 'OK under an HTTP error' };

/** What one POST came to: the tables of `domain/reasons`, applied. Never throws, whatever came back. */
export function classify(result: PostResult, context: ClassifyContext): Outcome {
  if (result.kind === 'broken') {
    const detail = sanitiseDetail(result.detail, context.secrets);
    return { kind: result.bytesLeft ? 'unknown' : 'not_sent', reason: result.reason, detail };
  }
  const reply = parseReply(result.body);
  if (reply.kind === 'ok' && isSuccess(result.status)) {
    return { kind: 'accepted', acceptance: reply.acceptance, reason: 'ok' };
  }
  return toOutcome(find(reply, result.status, context.overrides), { answer: result, reply, context });
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** A reason that can be read beats the HTTP status; without one the status decides, where it says anything. */
function find(reply: Reply, status: number, overrides: ReasonOverrides | undefined): Finding {
  if (reply.kind === 'fail' && reply.reason !== null) {
    return { verdict: verdictOfReason(reply.reason, overrides), reason: reply.reason };
  }
  if (reply.kind === 'ok') return { verdict: CONTRADICTION, reason: statusReason(status) };
  if (!isSuccess(status))
    return { verdict: verdictOfStatus(status, overrides), reason: statusReason(status) };
  if (reply.kind === 'fail') return { verdict: UNLISTED_FAIL, reason: 'no_reason' };
  return { verdict: verdictOfStatus(status), reason: reply.why };
}

type Told = { readonly answer: Answered; readonly reply: Reply; readonly context: ClassifyContext };

function toOutcome({ verdict, reason }: Finding, { answer, reply, context }: Told): Outcome {
  const detail = detailOf(verdict, { answer, reply, context });
  switch (verdict.outcome) {
    case 'rejected':
      return { kind: 'rejected', reason, mapped: verdict.mapped, detail };
    case 'throttled':
      return {
        kind: 'throttled',
        reason,
        detail,
        retryAfterMs: parseRetryAfter(answer.retryAfter, context.now),
      };
    case 'window_closed':
      return { kind: 'window_closed', reason, detail, windowLeftMs: windowLeft(reply) };
    case 'account_error':
    case 'unknown':
      return { kind: verdict.outcome, reason, detail };
    default:
      return verdict.outcome satisfies never;
  }
}

function windowLeft(reply: Reply): number | null {
  return reply.kind === 'fail' ? reply.windowLeftMs : null;
}

function detailOf(verdict: Verdict, { answer, reply, context }: Told): string {
  const message = reply.kind === 'fail' ? sanitiseDetail(reply.message, context.secrets) : '';
  const said = message === '' ? '' : `: ${message}`;
  return sanitiseDetail(`HTTP ${answer.status}, ${verdict.meaning}${said}`);
}
