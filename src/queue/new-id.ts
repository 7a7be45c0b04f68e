import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';

const DRAWN_AT_ONCE = 4096;
let drawn = Buffer.alloc(0);
let used = 0;

/** In [0, 1), of chance that nobody foretells; drawn many at once, since each call of the system takes its time. */
function chance(): number {
  if (used === drawn.length) {
    drawn = randomBytes(DRAWN_AT_ONCE);
    used = 0;
  }
  used += 1;
  return drawn.readUInt8(used - 1) / 256;
}

/** A delivery's id where its request brings none: `dlv_` and a ULID of the time, in epoch milliseconds. */
export function newDeliveryId(at: number): string {
  return `dlv_${ulid(at, chance)}`;
}
