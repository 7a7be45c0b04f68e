import type { Recipients } from './requests.js';
import { recipient } from './requests.js';

/** How much the first clients stand out; 1 would be Zipf's own. */
const EXPONENT = 0.8;
/** Of Lehmer's generator: the same draws on every machine. */
const [FACTOR, MODULUS] = [48_271, 2 ** 31 - 1];

/** Few clients with many deliveries, many with few: the n-th has its share by 1 / n^0.8. */
export function zipf(clients: number): Recipients {
  const bounds: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= clients; rank += 1) {
    total += rank ** -EXPONENT;
    bounds.push(total);
  }
  let drawn = 1;
  return () => {
    drawn = (drawn * FACTOR) % MODULUS;
    return recipient(rankOf((drawn / MODULUS) * total, bounds));
  };
}

/** The first bound that is above the figure. */
function rankOf(figure: number, bounds: readonly number[]): number {
  let [low, high] = [0, bounds.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) > figure) high = middle;
    else low = middle + 1;
  }
  return low;
}
