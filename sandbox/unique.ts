import { createHash } from 'node:crypto';

/** Makes the ids of messages: opaque, never twice in one sandbox, the same again for the same seed. */
export type UniqueMaker = () => string;

/** 64 hex characters, or base64 as the provider's newer samples have it. */
export function createUniqueMaker(seed: number, form: 'hex' | 'base64'): UniqueMaker {
  let made = 0;
  return () => {
    made += 1;
    const digest = createHash('sha256').update(`${seed}:${made}`);
    return form === 'hex' ? digest.digest('hex').toUpperCase() : `HBgM${digest.digest('base64')}`;
  };
}
