import type { Account } from '../domain/account.js';
import type { GateChange } from '../domain/aftermath.js';
import type { Outcome } from '../domain/outcome.js';
import type { Retention } from '../domain/record.js';
import { isStatus, RECEIPT_PRECEDENCE, type Status } from '../domain/status.js';
import type { Redis } from './connection.js';
import { deliveryKeys, onConversation } from './conversation.js';
import type { DeliveryRef } from './delivery-store.js';
import { type AccountKeys, accountKeys } from './keys.js';
import { type Reply, readReply, unexpectedReply } from './reply.js';
import { createScriptRunner } from './script.js';

/** The attempt no longer owns the record: another writer was there first, and what it wrote stands. */
export type Stale = { readonly kind: 'stale'; readonly status: Status | null };

export type Settled =
  | Stale
  | {
      readonly kind: 'settled';
      readonly status: Status;
      /** Epoch milliseconds by Redis's clock. */
      readonly now: number;
      readonly dueAt: number;
      /** When the message opened a session; null when one was open. */
      readonly sessionOpenedAt: number | null;
    };

export type Postponed =
  | Stale
  | { readonly kind: 'postponed'; readonly now: number; readonly windowCorrected: boolean };

export type Doubted = Stale | { readonly kind: 'unknown'; readonly startedAt: number; readonly now: number };

export type Attempt = DeliveryRef & { readonly attempt: string };

export type AttemptStore = ReturnType<typeof createAttemptStore>;

type Options = {
  readonly redis: Redis;
  readonly prefix: string;
  readonly retention: Retention;
};

/** What an attempt came to, written by compare-and-set on the attempt's id. */
export function createAttemptStore({ redis, prefix, retention }: Options) {
  const runScript = createScriptRunner(redis);

  function run(script: string, attempt: Attempt, args: Readonly<Record<string, string | number>>) {
    const keys = accountKeys(prefix, attempt.from);
    return onConversation(redis, { keys, to: attempt.to }, async (recipient) => {
      const { id, to } = attempt;
      const named = { ...deliveryKeys(keys, id, to, recipient), ...messageKeys(keys, args['uniqueId']) };
      return readReply(
        await runScript(script, named, { id, to, recipient, attempt: attempt.attempt, ...args }),
      );
    });
  }

  return {
    /** The provider took the message, or never will. */
    async settle(
      attempt: Attempt,
      outcome: Outcome,
      context: { readonly account: Account; readonly reason: string; readonly gate: GateChange | null },
    ): Promise<Settled> {
      const reply = await run('settle', attempt, {
        ...outcomeArgs(outcome),
        reason: context.reason,
        ...acceptanceArgs(outcome),
        ...gateArgs(context.gate),
        billed: context.account.billing === 'session' ? 1 : 0,
        precedence: RECEIPT_PRECEDENCE.join(' '),
        retentionMs: retention.recordMs,
        idRetentionMs: retention.idMs,
      });
      return readSettled(reply);
    },

    /** The attempt came to nothing that counts; the delivery is tried again after the delay, or on an event. */
    async postpone(
      attempt: Attempt,
      outcome: Outcome,
      next: {
        readonly status: 'waiting' | 'held';
        readonly reason: 'backoff' | 'account' | 'window';
        readonly delayMs: number;
        readonly gate: GateChange | null;
      },
    ): Promise<Postponed> {
      const { status, reason: why, delayMs, gate } = next;
      const args = { ...outcomeArgs(outcome), ...gateArgs(gate), status, why, delayMs };
      const reply = await run('postpone', attempt, args);
      if (reply.code === 'stale') return readStale(reply);
      if (reply.code !== 'postponed') return unexpectedReply('postpone', reply.code);
      return { kind: 'postponed', now: reply.number(1), windowCorrected: reply.text(2) === '1' };
    },

    /** Nobody can say what became of the attempt. */
    async doubt(attempt: Attempt, reason: string, detail: string): Promise<Doubted> {
      const reply = await run('doubt', attempt, { reason, detail: oneLine(detail) });
      if (reply.code === 'stale') return readStale(reply);
      if (reply.code !== 'unknown') return unexpectedReply('doubt', reply.code);
      return { kind: 'unknown', startedAt: reply.number(1), now: reply.number(2) };
    },
  };
}

/** A message without a `unique` has none of these keys: the names stay, but the script leaves them alone. */
function messageKeys(keys: AccountKeys, unique: string | number | undefined) {
  const id = String(unique ?? '');
  return { unique: keys.unique(id), orphan: keys.orphan(id) };
}

function outcomeArgs(outcome: Outcome) {
  const detail = outcome.kind === 'accepted' ? '' : oneLine(outcome.detail);
  return { outcome: outcome.kind, reason: outcome.reason, detail };
}

const NO_ACCEPTANCE = { uniqueId: '', acceptedAt: '', windowLeftMs: '', originalRequest: '' };

function acceptanceArgs(outcome: Outcome) {
  if (outcome.kind !== 'accepted') return NO_ACCEPTANCE;
  const { unique, timestamp, windowLeftMs, originalRequest = '' } = outcome.acceptance;
  const [uniqueId, acceptedAt] = [unique ?? '', timestamp ?? ''];
  return { uniqueId, acceptedAt, windowLeftMs: windowLeftMs ?? '', originalRequest };
}

function gateArgs(gate: GateChange | null) {
  if (gate === null) return { gateState: '', gateMs: 0, gateReason: '' };
  const gateMs = gate.kind === 'until' ? gate.delayMs : 0;
  return { gateState: gate.kind, gateMs, gateReason: gate.reason };
}

/** The timeline is lines of tab-separated fields. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 200);
}

function readSettled(reply: Reply): Settled {
  if (reply.code === 'stale') return readStale(reply);
  const status = reply.text(1);
  if (reply.code !== 'settled' || !isStatus(status)) return unexpectedReply('settle', reply.code);
  const [now, dueAt, sessionOpenedAt] = [reply.number(2), reply.number(3), reply.numberOrNull(4)];
  return { kind: 'settled', status, now, dueAt, sessionOpenedAt };
}

function readStale(reply: Reply): Stale {
  const status = reply.text(1);
  return { kind: 'stale', status: isStatus(status) ? status : null };
}
