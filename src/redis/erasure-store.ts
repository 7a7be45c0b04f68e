import { spellingsOf } from '../domain/spellings.js';
import type { Redis } from './connection.js';
import { canonicalRecipient, conversationKeys } from './conversation.js';
import { eraseDeadEvents } from './erase-dead-events.js';
import { type AccountKeys, accountKeys } from './keys.js';
import { dropUnread } from './quarantine.js';
import { readReply, unexpectedReply } from './reply.js';
import { createRunOnDelivery, type DeliveryRef, type StoreOptions } from './run-on-delivery.js';
import { createScriptRunner } from './script.js';

const READ_AT_ONCE = '1000';

export type ErasureStore = ReturnType<typeof createErasureStore>;

/** A recipient of an account, by all names that are known: a number, its spellings and `from_id`s, or a `from_id` alone. */
export type Names = { readonly from: string; readonly recipient: string; readonly names: readonly string[] };

/** What is left to take away when somebody's data has to go. */
export function createErasureStore(options: StoreOptions) {
  const { redis, prefix } = options;
  const run = createRunOnDelivery(options);
  const keysOf = ({ from }: { readonly from: string }) => accountKeys(prefix, from);
  return {
    namesOf: (from: string, to: string): Promise<Names> => namesOf(redis, keysOf({ from }), { from, to }),

    dropExpired: (names: Names): Promise<void> => dropExpired(redis, keysOf(names), names),

    /** The delivery's job in the queue. */
    async jobOf(ref: DeliveryRef): Promise<string> {
      return (await redis.hget(keysOf(ref).record(ref.id), 'job')) ?? `d-${ref.id}`;
    },

    /** Erases a delivery, unless somebody is at work at it. */
    async erase(ref: DeliveryRef, unique: string | null): Promise<'erased' | 'busy'> {
      const { code } = await run('erase', ref, { uniqueId: unique ?? '' });
      return code === 'erased' || code === 'busy' ? code : unexpectedReply('erase', code);
    },

    /** Events of these deliveries that an endpoint did not take; how many there were. */
    dropDeadEvents: (from: string, ids: readonly string[]): Promise<number> =>
      eraseDeadEvents(redis, prefix, { from, ids: new Set(ids) }),

    /** Forgets window, session and lane; false while a delivery is left. */
    async forget({ from, recipient, names }: Names): Promise<boolean> {
      const keys = keysOf({ from });
      const conversations = [recipient, ...names].map((name) => conversationKeys(keys, name, name));
      for (const conversation of conversations) {
        const { code } = readReply(await createScriptRunner(redis)('forget', conversation, {}));
        if (code === 'busy') return false;
        if (code !== 'forgotten') return unexpectedReply('forget', code);
      }
      return true;
    },

    /** Aliases that lead to the recipient; how many there were. */
    async dropAliases({ from, names }: Names): Promise<number> {
      const dropped = await Promise.all(names.map((name) => redis.del(keysOf({ from }).alias(name))));
      return dropped.reduce((sum, count) => sum + count, 0);
    },

    anonymise: (names: Names): Promise<number> => anonymise(redis, keysOf(names), names),
    dropOthers: (names: Names): Promise<number> => dropOthers(redis, keysOf(names), names),
    dropUnread: ({ names }: Names): Promise<number> => dropUnread(redis, prefix, names),
  };
}

type Asked = { readonly from: string; readonly to: string };

async function namesOf(redis: Redis, keys: AccountKeys, { from, to }: Asked): Promise<Names> {
  const recipient = await canonicalRecipient(redis, keys, to);
  const fields = await redis.hkeys(keys.conv(recipient));
  const aliases = fields.flatMap((field) =>
    field.startsWith('alias:') ? [field.slice('alias:'.length)] : [],
  );
  return { from, recipient, names: [...new Set([...spellingsOf(recipient), to, ...aliases])] };
}

/** Of a delivery whose record has gone, the list of all may still name the recipient. */
async function dropExpired(redis: Redis, keys: AccountKeys, { names, recipient }: Names): Promise<void> {
  const ids = await redis.zrange(keys.recipientDeliveries(recipient), '0', '-1');
  const exist = await Promise.all(ids.map((id) => redis.exists(keys.record(id))));
  const gone = ids.filter((_, index) => exist[index] === 0);
  await Promise.all(
    gone.map((id) => redis.zrem(keys.fixed.deliveries, ...names.map((name) => `${id} ${name}`))),
  );
}

async function anonymise(redis: Redis, keys: AccountKeys, { names }: Names): Promise<number> {
  const runScript = createScriptRunner(redis);
  let count = 0;
  for (const name of names) {
    for await (const [row] of scan(redis, keys.fixed.ledgerRows, `${name}@*`)) {
      const openedAt = row.slice(row.lastIndexOf('@') + 1);
      const { code } = readReply(await runScript('anonymise', keys.fixed, { row, openedAt }));
      if (code === 'anonymised') count += 1;
    }
  }
  return count;
}

/** Messages from the number that are no delivery's, kept to tell of other senders. */
async function dropOthers(redis: Redis, keys: AccountKeys, { names }: Names): Promise<number> {
  const { others, othersTo } = keys.fixed;
  let count = 0;
  for await (const [message, to] of scan(redis, othersTo, '*')) {
    if (!names.includes(to)) continue;
    count += await redis.hdel(othersTo, message);
    await redis.zrem(others, message);
  }
  return count;
}

async function* scan(redis: Redis, key: string, match: string): AsyncGenerator<readonly [string, string]> {
  let cursor = '0';
  do {
    const [next, flat] = await redis.hscan(key, cursor, 'MATCH', match, 'COUNT', READ_AT_ONCE);
    cursor = next;
    for (let at = 0; at < flat.length; at += 2) yield [flat[at] ?? '', flat[at + 1] ?? ''];
  } while (cursor !== '0');
}
