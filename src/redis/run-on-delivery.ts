import type { Retention } from '../domain/record.js';
import type { Sealer } from '../domain/seal.js';
import type { Redis } from './connection.js';
import { conversationKeys, onConversation } from './conversation.js';
import { type AccountKeys, accountKeys } from './keys.js';
import { type Reply, readReply } from './reply.js';
import { createTogetherRunner } from './script.js';

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

/** A script, and the arguments that those have in common who run it at the same time: always the same object. */
export type Script = { readonly name: string; readonly shared: Args };

/** Runs a script on a delivery and its conversation; `unique` when it is about a message of the provider's. */
export type RunOnDelivery = (script: string | Script, ref: DeliveryRef, args?: Args) => Promise<Reply>;

const NONE: Args = {};

export function createRunOnDelivery({ redis, prefix, retention }: StoreOptions): RunOnDelivery {
  const run = createTogetherRunner(redis);
  const lifetimes = { retentionMs: retention.recordMs, idRetentionMs: retention.idMs };
  const withLifetimes = new WeakMap<Args, Args>();

  function sharedArgs(shared: Args): Args {
    const args = withLifetimes.get(shared) ?? { ...shared, ...lifetimes };
    withLifetimes.set(shared, args);
    return args;
  }

  return (script, { from, id, to }, args = NONE) => {
    const { name, shared } = typeof script === 'string' ? { name: script, shared: NONE } : script;
    const keys = accountKeys(prefix, from);
    return onConversation(redis, { keys, to }, async (recipient) => {
      const own = {
        keys: namedKeys(keys, { id, to, recipient, args }),
        args: [args, { id, to, recipient }],
      };
      return readReply(await run(name, { keys: keys.fixed, args: sharedArgs(shared) }, own));
    });
  };
}

type Target = Pick<DeliveryRef, 'id' | 'to'> & { readonly recipient: string; readonly args: Args };

/** A message without a `unique` has no keys of its own: the names stay, the script leaves them alone. */
function namedKeys(keys: AccountKeys, { id, to, recipient, args }: Target) {
  const unique = String(args.uniqueId ?? '');
  return [
    conversationKeys(keys, to, recipient),
    {
      record: keys.record(id),
      tomb: keys.tomb(id),
      unique: keys.unique(unique),
      orphan: keys.orphan(unique),
    },
  ];
}
