import { isNumber } from '../domain/recipient.js';
import type { Accepted } from '../domain/record.js';
import { conversationOf } from '../domain/spellings.js';
import { type Acceptance, acceptArgs } from './accept-args.js';
import type { Redis } from './connection.js';
import { canonicalRecipient } from './conversation.js';
import { readAccepted } from './delivery-replies.js';
import { type AccountKeys, accountKeys } from './keys.js';
import { waitsForReplicas } from './replicated.js';
import { readReply, replyError } from './reply.js';
import type { DeliveryRef, StoreOptions } from './run-on-delivery.js';
import { runOnMany } from './script.js';

/** The script is on its way: what is asked for next comes after it. Each answer stands at its request's place. */
export type Accepting = { readonly answers: Promise<readonly Accepted[]> };

/** Takes in requests of one account in one call; `one` takes those whose conversation has just moved. */
export async function acceptMany(
  options: StoreOptions,
  many: readonly Acceptance[],
  one: (acceptance: Acceptance) => Promise<Accepted>,
): Promise<Accepting> {
  const [first] = many;
  if (first === undefined) return { answers: Promise.resolve([]) };
  const { redis, prefix } = options;
  const keys = accountKeys(prefix, first.delivery.from);
  const recipients = await canonicalRecipients(redis, keys, many);
  const each = many.map((acceptance) => {
    const { id, to } = acceptance.delivery;
    const recipient = recipients.get(to) ?? conversationOf(to);
    const own = acceptArgs(acceptance, options.sealer);
    return { keys: keysOf(keys, { id, to }, recipient), args: Object.assign(own, { recipient }) };
  });
  const args = { idRetentionMs: options.retention.idMs };
  const replies = runOnMany(redis, 'accept', { keys: keys.fixed, args, many: each });
  // Where replicas are waited for, it may go later than what is asked for next.
  if (waitsForReplicas(redis)) await replies.catch(() => undefined);
  return { answers: readAnswers(replies, many, one) };
}

/** Of those who are not known by number. */
async function canonicalRecipients(
  redis: Redis,
  keys: AccountKeys,
  many: readonly Acceptance[],
): Promise<ReadonlyMap<string, string>> {
  const others = [...new Set(many.map(({ delivery }) => delivery.to).filter((to) => !isNumber(to)))];
  const found = others.map(async (to) => [to, await canonicalRecipient(redis, keys, to)] as const);
  return new Map(await Promise.all(found));
}

/** By the names in the script's header, and no others: thousands are made at once. */
function keysOf(keys: AccountKeys, { id, to }: Pick<DeliveryRef, 'id' | 'to'>, recipient: string) {
  return {
    record: keys.record(id),
    tomb: keys.tomb(id),
    conv: keys.conv(recipient),
    lane: keys.lane(recipient),
    alias: keys.alias(to),
    recipientDeliveries: keys.recipientDeliveries(recipient),
  };
}

async function readAnswers(
  replies: Promise<unknown>,
  many: readonly Acceptance[],
  one: (acceptance: Acceptance) => Promise<Accepted>,
): Promise<readonly Accepted[]> {
  const raw = await replies;
  const rows: readonly unknown[] = Array.isArray(raw) ? raw : [];
  return Promise.all(
    many.map((acceptance, index) => {
      const reply = readReply(rows[index]);
      if (reply.code === 'error') throw replyError(reply.text(1));
      return reply.code === 'moved' ? one(acceptance) : readAccepted(reply);
    }),
  );
}
