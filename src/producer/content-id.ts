import { createHash } from 'node:crypto';
import { identityOf } from '../domain/delivery.js';
import { isSignedInPath, withoutQuery } from '../domain/link-identity.js';
import { conversationOf } from '../domain/spellings.js';
import type { MakeId } from './read-request.js';

/** So many requests with a token in their path are remembered in a batch, to tell two files from one. */
const MOST_REMEMBERED = 200_000;

/**
 * Makes ids out of what requests ask for: account, recipient, file, caption, media type, quoted message, `sendAt` where
 * it is given, and the run's name; both spellings of a recipient are one. The same lines again are then the same deliveries, in another run new ones.
 */
export function createContentIds(run?: string): MakeId {
  const orderOf = createOrders();
  return (delivery, { sendAt }) => {
    const time = (sendAt ?? null) === null ? null : delivery.sendAt;
    const identity = identityOf(delivery, conversationOf(delivery.to));
    const parts = [delivery.from, time, identity, ...(run === undefined ? [] : [run])];
    const content = digestOf(parts);
    if (!isSignedInPath(delivery.fileUrl)) return idOf(content);
    const order = orderOf(content, withoutQuery(delivery.fileUrl));
    return idOf(order === 0 ? content : digestOf([content, order]));
  };
}

function digestOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 26);
}

function idOf(digest: string): string {
  return `dlv_${digest}`;
}

/**
 * Which of those with the same content this is: within one batch two tokens in front of one file name are two files. Asked
 * again for the same link it says the same.
 */
function createOrders(): (content: string, path: string) => number {
  const seen = new Map<number, readonly number[]>();
  return (content, path) => {
    const [key, mark] = [shortOf(content), shortOf(path)];
    const known = seen.get(key) ?? [];
    const at = known.indexOf(mark);
    if (at >= 0) return at;
    seen.set(key, [...known, mark]);
    const [oldest] = seen.keys();
    if (seen.size > MOST_REMEMBERED && oldest !== undefined) seen.delete(oldest);
    return known.length;
  };
}

/** Numbers take less room than texts; of 48 bits, two of a batch are never alike by chance. */
function shortOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}
