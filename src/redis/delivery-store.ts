import { createHash } from 'node:crypto';
import type { Account } from '../domain/account.js';
import type { Claim, ClaimFacts, Refusal } from '../domain/claim.js';
import { type Delivery, identityOf, type SendKind } from '../domain/delivery.js';
import type { Accepted, Retention } from '../domain/record.js';
import { type HoldReason, isStatus, type Status, type WaitReason } from '../domain/status.js';
import type { Redis } from './connection.js';
import { deliveryKeys, onConversation } from './conversation.js';
import { accountKeys } from './keys.js';
import { type Reply, readReply, unexpectedReply } from './reply.js';
import { createScriptRunner } from './script.js';

/** How far ahead the account's pace is booked: the sender sleeps that long at most. */
const AHEAD_MS = 250;

export type DeliveryStoreOptions = {
  readonly redis: Redis;
  readonly prefix: string;
  readonly retention: Retention;
  readonly maxAttempts: number;
};

/** A delivery by account, id and recipient as requested: enough to find all of its keys. */
export type DeliveryRef = { readonly from: string; readonly id: string; readonly to: string };

export type Job = { readonly id: string; readonly timestamp: number };

/** One attempt, as it is asked for. */
export type Asked = {
  readonly account: Account;
  readonly attempt: string;
  readonly send: SendKind;
  /** From the claim until no sender can still be sending it. */
  readonly horizonMs: number;
};

export type Look =
  | { readonly kind: 'done' | 'front' | 'lost' }
  | { readonly kind: 'stale'; readonly attempt: string }
  /** Its job is not in the queue: what is needed to add it again. */
  | { readonly kind: 'missing'; readonly request: string; readonly job: Job };

export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

/** The delivery record and its lane: every script that moves a delivery outside of an attempt. */
export function createDeliveryStore(options: DeliveryStoreOptions) {
  const { redis, prefix, retention } = options;
  const runScript = createScriptRunner(redis);
  const lifetimes = { retentionMs: retention.recordMs, idRetentionMs: retention.idMs };

  function run(script: string, ref: DeliveryRef, args: Readonly<Record<string, string | number>>) {
    const keys = accountKeys(prefix, ref.from);
    return onConversation(redis, { keys, to: ref.to }, async (recipient) => {
      const { id, to } = ref;
      const named = deliveryKeys(keys, id, to, recipient);
      return readReply(await runScript(script, named, { id, to, recipient, ...lifetimes, ...args }));
    });
  }

  return {
    /** Takes a request in; `request` is its job's data, kept until the job has been seen in the queue. */
    async accept(delivery: Delivery, job: Job, request: string): Promise<Accepted> {
      const { sendAt, expiresAt } = delivery;
      const reply = await run('accept', delivery, {
        fingerprint: fingerprintOf(delivery),
        job: job.id,
        jobAt: job.timestamp,
        sendAt,
        expiresAt,
        strict: delivery.strictOrder ? 1 : 0,
        request,
        refused: '',
      });
      return readAccepted(reply);
    },

    /** Records that a job can never be sent, with the JSON of its errors; false when its id is known already. */
    async refuse(ref: DeliveryRef, job: Job, errors: string): Promise<boolean> {
      const reply = await run('accept', ref, {
        fingerprint: `invalid-${job.timestamp}`,
        job: job.id,
        jobAt: job.timestamp,
        sendAt: job.timestamp,
        expiresAt: job.timestamp,
        strict: 0,
        request: '',
        refused: errors,
      });
      return reply.code === 'refused' || reply.code === 'again';
    },

    async claim(delivery: Delivery, job: Job, asked: Asked): Promise<Claim> {
      const { account, attempt, send, horizonMs } = asked;
      const reply = await run('claim', delivery, {
        fingerprint: fingerprintOf(delivery),
        jobAt: job.timestamp,
        attempt,
        send,
        horizonMs,
        maxAttempts: options.maxAttempts,
        rate: account.ratePerSecond,
        pairBurst: account.pairBurst,
        pairIntervalMs: account.pairIntervalMs,
        aheadMs: AHEAD_MS,
      });
      return readClaim(reply, send);
    },

    /** Writes that a delivery waits or is held; `go` when the reason has just gone. */
    async park(
      ref: DeliveryRef,
      to: { readonly status: 'waiting' | 'held'; readonly reason: WaitReason | HoldReason },
    ): Promise<'parked' | 'go' | 'ended'> {
      const reply = await run('park', ref, { status: to.status, why: to.reason });
      if (reply.code === 'parked' || reply.code === 'go' || reply.code === 'ended') return reply.code;
      return unexpectedReply('park', reply.code);
    },

    /** Looks whether a delivery may go by now; its job is then at the front of the queue. */
    async look(ref: DeliveryRef): Promise<Look> {
      return readLook(await run('look', ref, {}));
    },

    /** The deliveries whose wake entry is due; those whose record has gone are dropped on the way. */
    async overdue(from: string, most: number): Promise<readonly DeliveryRef[]> {
      const { wake, recordPrefix } = accountKeys(prefix, from);
      const raw = await runScript('overdue', { wake, recordPrefix }, { most });
      const flat = Array.isArray(raw) ? raw.map(String) : [];
      return flat.flatMap((id, index) => (index % 2 === 0 ? [{ from, id, to: flat[index + 1] ?? '' }] : []));
    },

    /** Ends a delivery that is not being sent; the status that stood in the way otherwise, null if unseen. */
    async conclude(
      ref: DeliveryRef,
      to: { readonly status: 'failed' | 'expired' | 'cancelled'; readonly reason: string },
    ): Promise<{ readonly done: boolean; readonly status: Status | null }> {
      const reply = await run('conclude', ref, { status: to.status, why: to.reason });
      return { done: reply.code === 'concluded', status: readStatus(reply.text(1)) };
    },

    /** Gives up asking about an unknown outcome: it stays unknown for good. */
    async resign(ref: DeliveryRef): Promise<void> {
      await run('resign', ref, {});
    },
  };
}

/** What makes a request the same one, short enough to keep with every record. */
export function fingerprintOf(delivery: Delivery): string {
  return createHash('sha256').update(identityOf(delivery)).digest('base64url').slice(0, 22);
}

function readAccepted(reply: Reply): Accepted {
  switch (reply.code) {
    case 'new':
      return { kind: 'new', delayMs: reply.number(1), status: readStatus(reply.text(2)) ?? 'queued' };
    case 'again':
      return { kind: 'again', status: readStatus(reply.text(1)) ?? 'queued', request: reply.textOrNull(2) };
    case 'conflict':
    case 'refused':
      return { kind: reply.code };
    default:
      return unexpectedReply('accept', reply.code);
  }
}

function readClaim(reply: Reply, send: SendKind): Claim {
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
      return { kind: 'unknown', startedAt: reply.number(1), now: reply.number(2) };
    case 'go':
      return { kind: 'go', send, facts: readFacts(reply), paceMs: reply.number(6), dueAt: reply.number(7) };
    default:
      return { kind: 'refused', refusal: readRefusal(reply), facts: readFacts(reply) };
  }
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
    case 'attempts':
      return { why: reply.code };
    case 'schedule':
    case 'backoff':
    case 'pair':
    case 'rate':
      return { why: reply.code, until: reply.number(6) };
    case 'gate_until':
      return { why: 'gate_until', until: reply.number(6), reason: reply.text(7) };
    case 'gate_paused':
      return { why: 'gate_paused', reason: reply.text(6) };
    default:
      return unexpectedReply('claim', reply.code);
  }
}

function readLook(reply: Reply): Look {
  switch (reply.code) {
    case 'done':
    case 'front':
    case 'lost':
      return { kind: reply.code };
    case 'stale':
      return { kind: 'stale', attempt: reply.text(1) };
    case 'missing':
      return {
        kind: 'missing',
        request: reply.text(1),
        job: { id: reply.text(2), timestamp: reply.number(3) },
      };
    default:
      return unexpectedReply('look', reply.code);
  }
}

function readStatus(text: string): Status | null {
  return isStatus(text) ? text : null;
}
