import type { ClosedWindowPolicy, UnknownPolicy } from './account.js';
import type { Claim, ClaimFacts, DoubtFacts, Refusal } from './claim.js';
import type { SendKind } from './delivery.js';
import { mayResend, nextReadAt, UNKNOWN_ENDS_MS } from './doubt.js';
import type { EarlierLooks } from './preflight.js';
import type { HoldReason, Status, WaitReason } from './status.js';

export type DecisionPolicy = {
  readonly onClosedWindow: ClosedWindowPolicy;
  readonly onUnknown: UnknownPolicy;
};

/** What the worker does next with a delivery that it has claimed, or was not allowed to. */
export type Decision =
  | { readonly do: 'send'; readonly send: SendKind; readonly paceMs: number }
  | { readonly do: 'claim_again'; readonly send: SendKind }
  | { readonly do: 'wait'; readonly reason: WaitReason; readonly until: number }
  | { readonly do: 'hold'; readonly reason: HoldReason; readonly until: number }
  /** The whole queue rests; this delivery goes back to its front. */
  | { readonly do: 'rest'; readonly until: number }
  /** The queue stays paused until somebody opens the gate. */
  | { readonly do: 'pause' }
  | { readonly do: 'end'; readonly status: 'failed' | 'expired'; readonly reason: string }
  | { readonly do: 'accept' }
  | { readonly do: 'conflict' }
  /** Ask the history when the client last wrote. */
  | { readonly do: 'ask_window' }
  /** Look at the file's link. */
  | { readonly do: 'preflight'; readonly before: EarlierLooks }
  | {
      readonly do: 'finish';
      readonly status: Status;
      readonly unique: string | null;
      readonly reason: string;
    }
  | { readonly do: 'doubt'; readonly attempt: string }
  /** Ask the history what became of it. */
  | { readonly do: 'ask'; readonly doubt: DoubtFacts }
  /** It is nowhere to be seen, and the policy allows another attempt. */
  | { readonly do: 'resend'; readonly attempt: string }
  | { readonly do: 'keep_unknown'; readonly until: number }
  | { readonly do: 'end_unknown' };

export function decide(claim: Claim, policy: DecisionPolicy): Decision {
  switch (claim.kind) {
    case 'go':
      return { do: 'send', send: claim.send, paceMs: claim.paceMs };
    case 'refused':
      return decideRefusal(claim.refusal, claim.facts, policy);
    case 'unseen':
      return { do: 'accept' };
    case 'conflict':
      return { do: 'conflict' };
    case 'ended':
      return { do: 'finish', status: claim.status, unique: claim.unique, reason: claim.reason };
    case 'in_flight':
      return { do: 'doubt', attempt: claim.attempt };
    case 'unknown':
      return decideUnknown(claim.doubt, claim.facts, policy);
  }
}

function decideRefusal(refusal: Refusal, facts: ClaimFacts, policy: DecisionPolicy): Decision {
  switch (refusal.why) {
    case 'expired':
      return { do: 'end', status: 'expired', reason: 'expired' };
    case 'attempts':
      return { do: 'end', status: 'failed', reason: 'attempts_used_up' };
    case 'schedule':
    case 'backoff':
      return { do: 'wait', reason: refusal.why, until: Math.min(refusal.until, facts.expiresAt) };
    case 'pair':
      return { do: 'wait', reason: 'limit', until: Math.min(refusal.until, facts.expiresAt) };
    case 'budget':
      return { do: 'hold', reason: 'budget', until: Math.min(refusal.until, facts.expiresAt) };
    case 'lane':
      return { do: 'wait', reason: 'lane', until: facts.expiresAt };
    case 'rate':
    case 'gate_until':
      return { do: 'rest', until: refusal.until };
    case 'gate_paused':
      return { do: 'pause' };
    case 'window':
      return decideClosedWindow(facts, policy);
    case 'window_unknown':
      return { do: 'ask_window' };
    case 'preflight':
      return { do: 'preflight', before: refusal.before };
    case 'window_open':
      return { do: 'claim_again', send: 'file' };
  }
}

function decideClosedWindow(facts: ClaimFacts, policy: DecisionPolicy): Decision {
  switch (policy.onClosedWindow) {
    case 'hold':
      return { do: 'hold', reason: 'window', until: facts.expiresAt };
    case 'fail':
      return { do: 'end', status: 'failed', reason: 'window_closed' };
    case 'template':
      return { do: 'claim_again', send: 'template' };
  }
}

function decideUnknown(doubt: DoubtFacts, facts: ClaimFacts, { onUnknown }: DecisionPolicy): Decision {
  const { now, expiresAt, window } = facts;
  const endsAt = doubt.startedAt + UNKNOWN_ENDS_MS;
  if (now >= endsAt) return { do: 'end_unknown' };
  const { attempt, absentReads } = doubt;
  if (mayResend({ policy: onUnknown, absentReads, expiresAt, window }, now)) return { do: 'resend', attempt };
  const readAt = nextReadAt(doubt.startedAt, doubt.lastReadAt);
  if (doubt.hinted || readAt <= now) return { do: 'ask', doubt };
  return { do: 'keep_unknown', until: Math.min(readAt, endsAt) };
}
