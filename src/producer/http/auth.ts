import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../domain/caller.js';

/** Asked at each call, so that a key can be revoked while we run. */
export type Callers = () => readonly Caller[];

/** `bearer` for programs; `any`: a browser's Basic too, whose password is the key and whose user name is ignored. */
export type Scheme = 'bearer' | 'any';

/** Who calls, by the `Authorization` header; null: nobody that we know. */
export function authenticate(
  authorization: string | undefined,
  callers: readonly Caller[],
  scheme: Scheme,
): Caller | null {
  const key = keyOf(authorization ?? '', scheme);
  return key === null ? null : findCaller(key, callers);
}

function keyOf(authorization: string, scheme: Scheme): string | null {
  const [, word = '', value = ''] = /^(bearer|basic) +(\S+)\s*$/i.exec(authorization) ?? [];
  if (word.toLowerCase() === 'bearer') return value;
  if (word.toLowerCase() !== 'basic' || scheme === 'bearer') return null;
  const text = Buffer.from(value, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? null : text.slice(colon + 1);
}

/**
 * Digests are compared, so that no common beginning of two keys shows in the time taken; and all of them are, so that
 * it does not tell which one matched.
 */
function findCaller(key: string, callers: readonly Caller[]): Caller | null {
  const digest = createHash('sha256').update(key).digest();
  let found: Caller | null = null;
  for (const caller of callers) {
    if (timingSafeEqual(digest, Buffer.from(caller.sha256, 'hex'))) found = caller;
  }
  return found;
}
