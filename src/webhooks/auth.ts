import { hash, timingSafeEqual } from 'node:crypto';

/** Whether a token is one of those that are valid now. */
export type TokenCheck = (given: string) => boolean;

/** Asks for the valid tokens each time, and hashes them when there are others than before. */
export function createTokenCheck(tokens: () => readonly string[]): TokenCheck {
  let known: readonly string[] = [];
  let digests: readonly Buffer[] = [];
  return (given) => {
    const valid = tokens();
    if (valid !== known) {
      known = valid;
      digests = valid.map(sha256);
    }
    return given !== '' && isAmong(sha256(given), digests);
  };
}

/**
 * Digests are compared, so that neither a token's length nor a common beginning shows in the time taken; and all of
 * them are, so that it does not tell which one matched.
 */
export function isAmong(digest: Buffer, valid: readonly Buffer[]): boolean {
  let matches = 0;
  for (const each of valid) matches += Number(timingSafeEqual(digest, each));
  return matches > 0;
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
