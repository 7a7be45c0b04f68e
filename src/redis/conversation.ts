import { isNumber } from '../domain/recipient.js';
import { conversationOf } from '../domain/spellings.js';
import type { Redis } from './connection.js';
import type { AccountKeys } from './keys.js';
import type { Reply } from './reply.js';

const MOST_MOVES = 3;

/**
 * The recipient whose conversation a delivery belongs to: a number has one under all of its spellings, and a `from_id`
 * may be an alias of a known number.
 */
export async function canonicalRecipient(redis: Redis, keys: AccountKeys, to: string): Promise<string> {
  if (isNumber(to)) return conversationOf(to);
  return (await redis.get(keys.alias(to))) ?? to;
}

/** Runs a script on the keys of `to`'s conversation; again where that conversation has just moved. */
export async function onConversation<Answer extends Pick<Reply, 'code'>>(
  redis: Redis,
  { keys, to }: { readonly keys: AccountKeys; readonly to: string },
  run: (recipient: string) => Promise<Answer>,
): Promise<Answer> {
  // A number is nobody's alias.
  if (isNumber(to)) return run(conversationOf(to));
  for (let tries = 1; ; tries += 1) {
    const reply = await run(await canonicalRecipient(redis, keys, to));
    if (reply.code !== 'moved') return reply;
    if (tries === MOST_MOVES) throw new Error('the conversation keeps moving to another number');
  }
}

/** The keys of a conversation, by the names in the scripts' headers. */
export function conversationKeys(keys: AccountKeys, to: string, recipient: string) {
  return {
    conv: keys.conv(recipient),
    lane: keys.lane(recipient),
    held: keys.held(recipient),
    doubts: keys.doubts(recipient),
    accepts: keys.accepts(recipient),
    recipientDeliveries: keys.recipientDeliveries(recipient),
    alias: keys.alias(to),
  };
}
