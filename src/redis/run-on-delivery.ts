import type { Retention } from '../domain/record.js';
import type { Sealer } from '../domain/seal.js';
import type { Redis } from './connection.js';
import { conversationKeys, onConversation } from './conversation.js';
import { type AccountKeys, accountKeys, withFixed } from './keys.js';
import { type Reply, readReply } from './reply.js';
import { createScriptRunner } from './script.js';

/** A delivery by account, id and recipient as requested: enough to find all of its keys. */
export type DeliveryRef = { readonly from: string; readonly id: string; readonly to: string };

export type StoreOptions = {
  readonly redis: Redis;
  readonly prefix: string;
  readonly retention: Retention;
  readonly sealer: Sealer;
};

/** Arguments by the names in the script's header; id, recipients and lifetimes are added here. */
export type Args = Readonly<Record<string, string | number>>;

/** Runs a script on a delivery and its conversation; `unique` when it is about a message of the provider's. */
export type RunOnDelivery = (script: string, ref: DeliveryRef, args?: Args) => Promise<Reply>;

export function createRunOnDelivery({ redis, prefix, retention }: StoreOptions): RunOnDelivery {
  const runScript = createScriptRunner(redis);
  const lifetimes = { retentionMs: retention.recordMs, idRetentionMs: retention.idMs };

  return (script, { from, id, to }, args = {}) => {
    const keys = accountKeys(prefix, from);
    const unique = String(args.uniqueId ?? '');
    return onConversation(redis, { keys, to }, async (recipient) => {
      // A message without a `unique` has neither of these: the names stay, the script leaves them alone.
      const ofMessage = { unique: keys.unique(unique), orphan: keys.orphan(unique) };
      const own = Object.assign(deliveryKeys(keys, { id, to }, recipient), ofMessage);
      return readReply(
        await runScript(script, withFixed(keys, own), { id, to, recipient, ...lifetimes, ...args }),
      );
    });
  };
}

/** The keys of a delivery and its conversation, by the names in the scripts' headers. */
export function deliveryKeys(
  keys: AccountKeys,
  { id, to }: Pick<DeliveryRef, 'id' | 'to'>,
  recipient: string,
) {
  return { ...conversationKeys(keys, to, recipient), record: keys.record(id), tomb: keys.tomb(id) };
}
