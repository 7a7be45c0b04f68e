import { isNumber } from '../domain/recipient.js';
import type { Redis } from './connection.js';
import type { AccountKeys } from './keys.js';
import type { Reply } from './reply.js';

const MOST_MOVES = 3;

/** The recipient whose conversation a delivery belongs to: a `from_id` may be an alias of a known number. */
export async function canonicalRecipient(redis: Redis, keys: AccountKeys, to: string): Promise<string> {
  if (isNumber(to)) return to;
  return (await redis.get(keys.alias(to))) ?? to;
}

/** Runs a script on the keys of `to`'s conversation; again where that conversation has just moved. */
export async function onConversation(
  redis: Redis,
  { keys, to }: { readonly keys: AccountKeys; readonly to: string },
  run: (recipient: string) => Promise<Reply>,
): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await run(await canonicalRecipient(redis, keys, to));
    if (reply.code !== 'moved') return reply;
    if (tries === MOST_MOVES) throw new Error('the conversation keeps moving to another number');
  }
}

/** The keys that most scripts on one delivery of a conversation take, by the names in their headers. */
export function deliveryKeys(keys: AccountKeys, id: string, to: string, recipient: string) {
  return {
    record: keys.record(id),
    recordPrefix: keys.recordPrefix,
    tomb: keys.tomb(id),
    conv: keys.conv(recipient),
    lane: keys.lane(recipient),
    held: keys.held(recipient),
    alias: keys.alias(to),
    wake: keys.wake,
    order: keys.order,
    events: keys.events,
    gate: keys.gate,
    pace: keys.pace,
    orphans: keys.orphans,
    ledger: keys.ledger,
    ledgerRows: keys.ledgerRows,
    ...queueKeys(keys),
  };
}

/** BullMQ's own keys, for moving a job to the front. */
export function queueKeys(keys: AccountKeys) {
  const { bullDelayed, bullWait, bullMarker, bullMeta, bullActive, bullEvents, bullJobPrefix } = keys;
  return { bullDelayed, bullWait, bullMarker, bullMeta, bullActive, bullEvents, bullJobPrefix };
}
