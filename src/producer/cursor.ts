import { createHash } from 'node:crypto';
import { ValidationError } from '../errors.js';

/** A delivery's place in a list. Places have a total order: no two deliveries have the same. */
export type Place = {
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly id: string;
  /** Stands for the account: a cursor goes into URLs, where no number may show. */
  readonly tag: string;
};

/** Sorts after everything that an id or a tag is made of. */
const LAST = '\x7f';

/** Before every delivery that was created by then; lists go from the newest to the oldest. */
export function placeAt(createdAt: number): Place {
  return { createdAt, id: LAST, tag: LAST };
}

export function tagOf(from: string): string {
  return createHash('sha256').update(from).digest('base64url').slice(0, 8);
}

/** Whether the first place is later in a list. Ids compare as Redis sorts them: they are ASCII. */
export function isAfter(one: Place, other: Place): boolean {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt;
  return one.id === other.id ? one.tag < other.tag : one.id < other.id;
}

export function writeCursor({ createdAt, id, tag }: Place): string {
  return Buffer.from(JSON.stringify([createdAt, id, tag])).toString('base64url');
}

/** @throws ValidationError */
export function readCursor(cursor: string): Place {
  const place = parsePlace(cursor);
  if (place !== null) return place;
  throw new ValidationError([{ pointer: '/cursor', detail: CURSOR_FORM }]);
}

/** What is right in the place of a cursor that is none. */
export const CURSOR_FORM = 'is not one that a list has given: begin without a cursor';

function parsePlace(cursor: string): Place | null {
  const [createdAt, id, tag, ...more] = parseArray(Buffer.from(cursor, 'base64url').toString());
  const isPlace =
    Number.isSafeInteger(createdAt) &&
    typeof createdAt === 'number' &&
    createdAt >= 0 &&
    typeof id === 'string' &&
    /^[A-Za-z0-9._~\x7f-]{1,128}$/.test(id) &&
    typeof tag === 'string' &&
    /^[\w\x7f-]{1,8}$/.test(tag);
  return isPlace && more.length === 0 ? { createdAt, id, tag } : null;
}

/** Whether a list may have given it. */
export function isCursor(text: string): boolean {
  return parsePlace(text) !== null;
}

function parseArray(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
