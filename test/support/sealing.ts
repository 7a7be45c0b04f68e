import { createSealer } from '../../src/queue/sealer.js';

/** Seals nothing. */
export const PLAIN = createSealer(() => []);

/** A data key as the setting has it; `n` makes it another one. */
export function dataKeyText(id: string, n: number): string {
  return `${id}:${Buffer.alloc(32, n).toString('base64')}`;
}
