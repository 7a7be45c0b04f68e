import type { Claim, ClaimFacts, DoubtFacts, Refusal } from '../domain/claim.js';
import type { SendKind } from '../domain/delivery.js';
import type { Accepted } from '../domain/record.js';
import { isStatus, type Status } from '../domain/status.js';
import { type Reply, unexpectedReply } from './reply.js';

/** A job as BullMQ has it; `timestamp` in epoch milliseconds by its producer's clock. */
export type Job = { readonly id: string; readonly timestamp: number };

/** What a second look at a delivery came to. */
export type Look =
  | { readonly kind: 'done' | 'front' | 'added' | 'lost' | 'unresolved' | 'unconfirmed' }
  | { readonly kind: 'stale'; readonly attempt: string };

/** What becomes of a delivery whose request cannot be read. Epoch milliseconds by Redis's clock. */
export type Locked =
  /** It waits; or an attempt of it has not ended, or nothing is known of it: then this is somebody else's to mend. */
  | { readonly kind: 'waits' | 'under_way' | 'unseen'; readonly now: number }
  /** Its time is over. */
  | { readonly kind: 'expired'; readonly to: string }
  | {
      readonly kind: 'ended';
      readonly status: Status;
      readonly unique: string | null;
      readonly reason: string;
    };

export function readAccepted(reply: Reply): Accepted {
  switch (reply.code) {
    case 'new':
      return { kind: 'new', status: readStatus(reply.text(1)) ?? 'queued' };
    case 'again': {
      const jobAt = reply.textOrNull(2);
      const status = readStatus(reply.text(1)) ?? 'queued';
      return { kind: 'again', status, jobAt: jobAt === null ? null : Number(jobAt) };
    }
    case 'conflict':
    case 'refused':
      return { kind: reply.code };
    default:
      return unexpectedReply('accept', reply.code);
  }
}

export function readClaim(reply: Reply, send: SendKind): Claim {
  switch (reply.code) {
    case 'unseen':
    case 'conflict':
      return { kind: reply.code };
    case 'ended': {
      const status = readStatus(reply.text(1)) ?? 'failed';
      return { kind: 'ended', status, unique: reply.textOrNull(2), reason: reply.text(3) };
    }
    case 'in_flight':
      return { kind: 'in_flight', attempt: reply.text(1), startedAt: reply.number(2), now: reply.number(3) };
    case 'unknown':
      return { kind: 'unknown', doubt: readDoubt(reply), facts: readFacts(reply) };
    case 'go':
      return { kind: 'go', send, facts: readFacts(reply), paceMs: reply.number(6), dueAt: reply.number(7) };
    default:
      return { kind: 'refused', refusal: readRefusal(reply), facts: readFacts(reply) };
  }
}

function readDoubt(reply: Reply): DoubtFacts {
  return {
    attempt: reply.text(6),
    send: reply.text(7) === 'template' ? 'template' : 'file',
    startedAt: reply.number(8),
    horizonAt: reply.number(9),
    lastReadAt: reply.numberOrNull(10),
    absentReads: reply.number(11),
    hinted: reply.text(12) === '1',
  };
}

function readFacts(reply: Reply): ClaimFacts {
  return {
    now: reply.number(1),
    expiresAt: reply.number(2),
    attempts: reply.number(3),
    window: { closesAt: reply.numberOrNull(4), lastInboundAt: reply.numberOrNull(5) },
  };
}

function readRefusal(reply: Reply): Refusal {
  switch (reply.code) {
    case 'expired':
    case 'lane':
    case 'window':
    case 'window_open':
    case 'window_unknown':
    case 'attempts':
      return { why: reply.code };
    case 'schedule':
    case 'backoff':
    case 'pair':
    case 'rate':
    case 'budget':
      return { why: reply.code, until: reply.number(6) };
    case 'preflight':
      return { why: 'preflight', before: { looks: reply.number(6), found: reply.text(7) } };
    case 'gate_until':
      return { why: 'gate_until', until: reply.number(6), reason: reply.text(7) };
    case 'gate_paused':
      return { why: 'gate_paused', reason: reply.text(6) };
    default:
      return unexpectedReply('claim', reply.code);
  }
}

export function readLook(reply: Reply): Look {
  switch (reply.code) {
    case 'done':
    case 'front':
    case 'added':
    case 'lost':
    case 'unresolved':
    case 'unconfirmed':
      return { kind: reply.code };
    case 'stale':
      return { kind: 'stale', attempt: reply.text(1) };
    default:
      return unexpectedReply('look', reply.code);
  }
}

export function readLocked(reply: Reply): Locked {
  switch (reply.code) {
    case 'waits':
    case 'under_way':
    case 'unseen':
      return { kind: reply.code, now: reply.number(1) };
    case 'expired':
      return { kind: 'expired', to: reply.text(1) };
    case 'ended': {
      const status = readStatus(reply.text(1)) ?? 'failed';
      return { kind: 'ended', status, unique: reply.textOrNull(2), reason: reply.text(3) };
    }
    default:
      return unexpectedReply('lock', reply.code);
  }
}

export function readStatus(text: string): Status | null {
  return isStatus(text) ? text : null;
}
