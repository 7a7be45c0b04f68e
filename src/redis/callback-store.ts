import { hash } from 'node:crypto';
import type { InboundCallback, ReceiptCallback } from '../domain/callback.js';
import { conversationOf, spellingsOf } from '../domain/spellings.js';
import { isStatus, RECEIPT_PRECEDENCE, type Status, UNCONFIRMED_MS } from '../domain/status.js';
import { DAY } from '../domain/time.js';
import type { Redis } from './connection.js';
import { conversationKeys, onConversation } from './conversation.js';
import { type AccountKeys, accountKeys } from './keys.js';
import { keepUnread } from './quarantine.js';
import { type Reply, readReply, unexpectedReply } from './reply.js';
import { createScriptRunner, createTogetherRunner, type RunScript, type RunTogether } from './script.js';

const CALLBACKS_REMEMBERED_MS = 7 * DAY;
const ORPHANS_KEPT = 100_000;
/** Two months' bills and some. */
const OTHERS_KEPT_MS = 90 * DAY;
const OTHERS_KEPT = 100_000;
/** A conversation is forgotten when nobody has written for so long. */
const CONVERSATION_KEPT_MS = 90 * DAY;

export type AppliedReceipt =
  | { readonly kind: 'duplicate' | 'early' | 'unknown_account' }
  | {
      readonly kind: 'applied';
      readonly account: string;
      readonly delivery: TouchedDelivery;
    };

export type TouchedDelivery = {
  readonly id: string;
  readonly status: Status;
  readonly statusBefore: string;
  readonly statusChanged: boolean;
  /** On the first news of its arrival: how long after acceptance; else null. */
  readonly acceptToDeliveredMs: number | null;
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
export function createCallbackStore(options: Options) {
  const { redis } = options;
  const deps = { ...options, runScript: createScriptRunner(redis), runTogether: createTogetherRunner(redis) };
  return {
    applyInbound: (callback: InboundCallback) => applyInbound(callback, deps),
    applyReceipt: (callback: ReceiptCallback) => applyReceipt(callback, deps),
    keepUnread: (name: string, raw: string) => keepUnread(deps, name, raw),
  };
}

type Deps = Options & { readonly runScript: RunScript; readonly runTogether: RunTogether };

const INBOUND_RULES = { seenMs: CALLBACKS_REMEMBERED_MS, keepMs: CONVERSATION_KEPT_MS };

async function applyInbound(callback: InboundCallback, deps: Deps): Promise<AppliedInbound> {
  const { redis, prefix } = deps;
  const to = callback.number ?? callback.fromId;
  const account = await accountOf(callback, deps);
  if (to === null || account === null) return { kind: 'unknown_account' };
  const keys = accountKeys(prefix, account);
  // Only a client who shows both names ties them together.
  const fromId = callback.number === null ? null : callback.fromId;
  const args = inboundArgs(callback, fromId);
  const reply = await onConversation(redis, { keys, to }, async (recipient) => {
    const own = {
      keys: inboundKeys(keys, { callback, recipient, name: fromId ?? to }),
      args: [{ to, recipient }, args],
    };
    return readReply(await deps.runTogether('inbound', { keys: keys.fixed, args: INBOUND_RULES }, own));
  });
  if (reply.code === 'duplicate') return { kind: 'duplicate' };
  if (reply.code !== 'applied') return unexpectedReply('inbound', reply.code);
  return { kind: 'applied', account, released: reply.number(1) };
}

/** Our account, which may be configured by the other spelling of its number; null: none of ours. */
async function accountOf(
  { account }: { readonly account: string },
  { isAccount }: Deps,
): Promise<string | null> {
  for (const from of spellingsOf(account)) if (await isAccount(from)) return from;
  return null;
}

function inboundArgs({ timestamp, windowLeftMs, quotedUnique }: InboundCallback, fromId: string | null) {
  return {
    writtenAt: timestamp ?? '',
    leftMs: windowLeftMs ?? '',
    fromId: fromId ?? '',
    quoted: quotedUnique === null ? 0 : 1,
  };
}

/** `name` is the one that an alias may stand for. */
type InboundTarget = {
  readonly callback: InboundCallback;
  readonly recipient: string;
  readonly name: string;
};

function inboundKeys(keys: AccountKeys, { callback, recipient, name }: InboundTarget) {
  const known = conversationKeys(keys, name, recipient);
  const byName = name === recipient ? known : conversationKeys(keys, name, name);
  const ofFromId = {
    fromIdConv: byName.conv,
    fromIdLane: byName.lane,
    fromIdHeld: byName.held,
    fromIdDoubts: byName.doubts,
    fromIdAccepts: byName.accepts,
    fromIdDeliveries: byName.recipientDeliveries,
  };
  const ofCallback = {
    seen: keys.seen(callbackMark(callback)),
    quotedUnique: keys.unique(callback.quotedUnique ?? ''),
  };
  return [known, ofFromId, ofCallback];
}

function callbackMark({ unique, timestamp, number, fromId }: InboundCallback): string {
  const text = JSON.stringify(unique === '' ? [timestamp, number, fromId] : [unique]);
  return hash('sha256', text, 'base64url').slice(0, 22);
}

const RECEIPT_RULES = {
  precedence: RECEIPT_PRECEDENCE.join(' '),
  unconfirmedMs: UNCONFIRMED_MS,
  orphanMs: CALLBACKS_REMEMBERED_MS,
  orphansKept: ORPHANS_KEPT,
  othersMs: OTHERS_KEPT_MS,
  othersKept: OTHERS_KEPT,
};

async function applyReceipt(callback: ReceiptCallback, deps: Deps): Promise<AppliedReceipt> {
  const { prefix, runTogether } = deps;
  const account = await accountOf(callback, deps);
  if (account === null) return { kind: 'unknown_account' };
  const keys = accountKeys(prefix, account);
  const own = {
    unique: keys.unique(callback.unique),
    orphan: keys.orphan(callback.unique),
    // A hidden client's from_id is no number: its receipts cannot hint at anything before they are owned.
    doubts: keys.doubts(conversationOf(callback.recipient ?? '')),
  };
  const args = {
    uniqueId: callback.unique,
    receipt: callback.receipt,
    code: callback.code ?? '',
    why: callback.reason ?? '',
    to: callback.recipient ?? '',
  };
  const reply = readReply(
    await runTogether('receipt', { keys: keys.fixed, args: RECEIPT_RULES }, { keys: [own], args: [args] }),
  );
  if (reply.code === 'duplicate' || reply.code === 'early') return { kind: reply.code };
  if (reply.code !== 'applied') return unexpectedReply('receipt', reply.code);
  return { kind: 'applied', account, delivery: readTouched(reply) };
}

function readTouched(reply: Reply): TouchedDelivery {
  const [id, statusBefore, status] = [reply.text(1), reply.text(2), reply.text(3)];
  if (!isStatus(status)) return unexpectedReply('receipt', status);
  const arrived = !hasArrived(statusBefore) && hasArrived(status);
  const acceptToDeliveredMs = arrived ? Math.max(0, reply.number(5) - reply.number(4)) : null;
  return { id, status, statusBefore, statusChanged: statusBefore !== status, acceptToDeliveredMs };
}

function hasArrived(status: string): boolean {
  return status === 'delivered' || status === 'read';
}
