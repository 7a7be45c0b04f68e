import { createHash } from 'node:crypto';
import type { InboundCallback, ReceiptCallback } from '../domain/callback.js';
import { isStatus, RECEIPT_PRECEDENCE, type Status } from '../domain/status.js';
import { DAY } from '../domain/time.js';
import type { Redis } from './connection.js';
import { canonicalRecipient, onConversation, queueKeys } from './conversation.js';
import { type AccountKeys, accountKeys, strayCallbacksKey } from './keys.js';
import { readReply, unexpectedReply } from './reply.js';
import { createScriptRunner } from './script.js';

const CALLBACKS_REMEMBERED_MS = 7 * DAY;
const ORPHANS_KEPT = 100_000;
const UNREAD_KEPT = 1000;
/** A conversation is forgotten when nobody has written for so long. */
const CONVERSATION_KEPT_MS = 90 * DAY;

export type AppliedReceipt =
  | { readonly kind: 'duplicate' | 'early' | 'unknown_account' }
  | {
      readonly kind: 'applied';
      readonly account: string;
      readonly delivery: {
        readonly id: string;
        readonly jobId: string;
        readonly status: Status;
        readonly statusBefore: string;
        readonly statusChanged: boolean;
        /** On the first news of its arrival: how long after acceptance; else null. */
        readonly acceptToDeliveredMs: number | null;
      };
    };

export type AppliedInbound =
  | { readonly kind: 'duplicate' | 'unknown_account' }
  | { readonly kind: 'applied'; readonly account: string; readonly released: number };

type Options = {
  readonly redis: Redis;
  readonly prefix: string;
  /** Whether the number is one of our accounts. */
  readonly isAccount: (from: string) => Promise<boolean>;
};

/** Where callbacks become durable: each is applied by one script. */
export function createCallbackStore({ redis, prefix, isAccount }: Options) {
  const runScript = createScriptRunner(redis);

  async function applyInbound(callback: InboundCallback): Promise<AppliedInbound> {
    const to = callback.number ?? callback.fromId;
    if (to === null || !(await isAccount(callback.account))) return { kind: 'unknown_account' };
    const keys = accountKeys(prefix, callback.account);
    const reply = await onConversation(redis, { keys, to }, async (recipient) => {
      // Only a client who shows both names ties them together.
      const fromId = callback.number === null ? null : callback.fromId;
      const named = inboundKeys(keys, { callback, recipient, to: fromId ?? to });
      return readReply(
        await runScript('inbound', named, {
          to,
          recipient,
          writtenAt: callback.timestamp ?? '',
          leftMs: callback.windowLeftMs ?? '',
          fromId: fromId ?? '',
          seenMs: CALLBACKS_REMEMBERED_MS,
          keepMs: CONVERSATION_KEPT_MS,
        }),
      );
    });
    if (reply.code === 'duplicate') return { kind: 'duplicate' };
    if (reply.code !== 'applied') return unexpectedReply('inbound', reply.code);
    return { kind: 'applied', account: callback.account, released: reply.number(1) };
  }

  async function applyReceipt(callback: ReceiptCallback): Promise<AppliedReceipt> {
    if (!(await isAccount(callback.account))) return { kind: 'unknown_account' };
    const keys = accountKeys(prefix, callback.account);
    const { recordPrefix, orphans, events } = keys;
    const [unique, orphan] = [keys.unique(callback.unique), keys.orphan(callback.unique)];
    const reply = readReply(
      await runScript(
        'receipt',
        { unique, orphan, orphans, recordPrefix, events },
        {
          uniqueId: callback.unique,
          receipt: callback.receipt,
          code: callback.code ?? '',
          precedence: RECEIPT_PRECEDENCE.join(' '),
          orphanMs: CALLBACKS_REMEMBERED_MS,
          orphansKept: ORPHANS_KEPT,
        },
      ),
    );
    if (reply.code === 'duplicate' || reply.code === 'early') return { kind: reply.code };
    if (reply.code !== 'applied') return unexpectedReply('receipt', reply.code);
    const [before, status] = [reply.text(3), reply.text(4)];
    if (!isStatus(status)) return unexpectedReply('receipt', status);
    const arrived = !hasArrived(before) && hasArrived(status);
    const acceptToDeliveredMs = arrived ? Math.max(0, reply.number(6) - reply.number(5)) : null;
    const [id, jobId, statusChanged] = [reply.text(1), reply.text(2), before !== status];
    const delivery = { id, jobId, status, statusBefore: before, statusChanged, acceptToDeliveredMs };
    return { kind: 'applied', account: callback.account, delivery };
  }

  return {
    applyInbound,
    applyReceipt,

    /** Keeps the newest of what was not understood, for a person to read. */
    async keepUnread(name: string, raw: string): Promise<void> {
      const key = strayCallbacksKey(prefix);
      const entry = JSON.stringify({ name, raw });
      await redis
        .multi()
        .lpush(key, entry)
        .ltrim(key, 0, UNREAD_KEPT - 1)
        .exec();
    },
  };
}

/** The recipient by whom a conversation is known, for showing it. */
export async function conversationOf(
  redis: Redis,
  prefix: string,
  from: string,
  to: string,
): Promise<string> {
  return canonicalRecipient(redis, accountKeys(prefix, from), to);
}

type InboundTarget = { readonly callback: InboundCallback; readonly recipient: string; readonly to: string };

function inboundKeys(keys: AccountKeys, { callback, recipient, to }: InboundTarget) {
  return {
    seen: keys.seen(callbackMark(callback)),
    conv: keys.conv(recipient),
    lane: keys.lane(recipient),
    held: keys.held(recipient),
    fromIdConv: keys.conv(to),
    fromIdLane: keys.lane(to),
    fromIdHeld: keys.held(to),
    alias: keys.alias(to),
    wake: keys.wake,
    recordPrefix: keys.recordPrefix,
    ...queueKeys(keys),
  };
}

function callbackMark({ unique, timestamp, number, fromId }: InboundCallback): string {
  const text = JSON.stringify(unique === '' ? [timestamp, number, fromId] : [unique]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function hasArrived(status: string): boolean {
  return status === 'delivered' || status === 'read';
}
