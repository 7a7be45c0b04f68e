import { isStatus, type Status, underGate } from '../domain/status.js';
import type { Redis } from './connection.js';
import { canonicalRecipient } from './conversation.js';
import { accountKeys } from './keys.js';
import { readReply } from './reply.js';
import { createScriptRunner } from './script.js';

/** A delivery as lists show it. Times in epoch milliseconds; null: not known, or not yet. */
export type DeliveryRow = {
  /** Unique in its account. */
  readonly id: string;
  /** The account's number. */
  readonly from: string;
  /** The recipient. */
  readonly to: string;
  /** Where it is. */
  readonly status: Status;
  /** Why it waits, is held, or ended. */
  readonly reason: string;
  /** When it was enqueued. */
  readonly createdAt: number;
  /** Not sent before. */
  readonly sendAt: number;
  /** Not sent after. */
  readonly expiresAt: number;
  /** The provider's id of the message. */
  readonly unique: string | null;
  /** Of a failure that was reported after acceptance: the provider's code. */
  readonly failureCode: string | null;
  /** The provider's words for that failure, numbers masked. */
  readonly failureReason: string | null;
  /** Of an unknown outcome: when no sender can still be sending it. */
  readonly horizonAt: number | null;
};

/** Some of an account's deliveries, newest first. Creation times, both included. */
export type StepAsked = {
  readonly from: string;
  /** Those of one recipient, under either name. */
  readonly to?: string | undefined;
  /** May be left out of account: what comes is checked again by who asks. */
  readonly status?: Status | undefined;
  readonly atMost: number;
  readonly atLeast: number;
  readonly most: number;
};

export type Step = {
  readonly rows: readonly DeliveryRow[];
  /** Nothing older is left in the index. */
  readonly isLast: boolean;
};

/** Statuses that have an index: those that people look for, and that the happy path does not touch. */
const INDEXED: readonly Status[] = ['waiting', 'held', 'unknown', 'failed', 'expired', 'cancelled'];

/** One step through the narrowest index that there is. */
export async function readStep(redis: Redis, prefix: string, asked: StepAsked): Promise<Step> {
  const { from, atMost, atLeast, most } = asked;
  const { recordPrefix, gate } = accountKeys(prefix, from).fixed;
  const isPaused = (await redis.hget(gate, 'state')) === 'paused';
  const index = await indexOf(redis, prefix, { ...asked, isPaused });
  const raw = await createScriptRunner(redis)('page', { index, recordPrefix }, { atMost, atLeast, most });
  const [seen, ...rows]: readonly unknown[] = Array.isArray(raw) ? raw : [];
  return {
    rows: rows.flatMap((row) => readRow(row, from)).map((row) => underGate(row, isPaused)),
    isLast: Number(seen) < most,
  };
}

type Index = StepAsked & { readonly isPaused: boolean };

async function indexOf(redis: Redis, prefix: string, { from, to, status, isPaused }: Index): Promise<string> {
  const keys = accountKeys(prefix, from);
  if (to !== undefined) return keys.recipientDeliveries(await canonicalRecipient(redis, keys, to));
  const { deliveries, statusPrefix } = keys.fixed;
  // What a pause holds is queued by its record, and has no index.
  const isIndexed = status !== undefined && INDEXED.includes(status) && !(isPaused && status === 'held');
  return isIndexed ? `${statusPrefix}${status}` : deliveries;
}

function readRow(raw: unknown, from: string): readonly DeliveryRow[] {
  const row = readReply(raw);
  const status = row.text(2);
  if (!isStatus(status)) return [];
  const createdAt = row.number(4);
  return [
    {
      id: row.code,
      from,
      to: row.text(1),
      status,
      reason: row.text(3),
      createdAt,
      sendAt: row.number(5) || createdAt,
      expiresAt: row.number(6),
      unique: row.textOrNull(7),
      failureCode: row.textOrNull(9),
      failureReason: row.textOrNull(10),
      horizonAt: status === 'unknown' ? row.numberOrNull(8) : null,
    },
  ];
}
