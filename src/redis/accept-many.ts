import type { Accepted } from '../domain/record.js';
import { type Acceptance, acceptArgs } from './accept-args.js';
import { canonicalRecipient } from './conversation.js';
import { readAccepted } from './delivery-replies.js';
import { accountKeys } from './keys.js';
import { waitsForReplicas } from './replicated.js';
import { readReply, replyError } from './reply.js';
import { deliveryKeys, type StoreOptions } from './run-on-delivery.js';
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
  const recipients = await Promise.all(
    many.map(({ delivery }) => canonicalRecipient(redis, keys, delivery.to)),
  );
  const each = many.map((acceptance, index) => {
    const { id, to } = acceptance.delivery;
    const recipient = recipients[index] ?? to;
    return {
      keys: deliveryKeys(keys, { id, to }, recipient),
      args: { id, to, recipient, ...acceptArgs(acceptance, options.sealer) },
    };
  });
  const args = { idRetentionMs: options.retention.idMs };
  const replies = runOnMany(redis, 'accept', { keys: keys.fixed, args, many: each });
  // Where replicas are waited for, it may go later than what is asked for next.
  if (waitsForReplicas(redis)) await replies.catch(() => undefined);
  return { answers: readAnswers(replies, many, one) };
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
