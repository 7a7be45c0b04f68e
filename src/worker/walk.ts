import type { WalkPart, WalkPlace } from '../redis/walk.js';

const MOST_AT_ONCE = 500;
const MOST_ROUNDS = 8;
/** So many sweeps make a minute. */
const SWEEPS_PER_WALK = 10;

type WalkOn = (part: WalkPart & { readonly account: string }) => Promise<WalkPlace>;

/**
 * Walks through what waits and what is held, a part at each sweep and all of it within a minute (of a very long backlog
 * within some), and wakes what has lost its job: nothing else would ever look at it.
 */
export function createWalk(walkOn: WalkOn): (account: string) => Promise<void> {
  const places = new Map<string, WalkPlace>();

  async function goOn(account: string, status: 'waiting' | 'held'): Promise<void> {
    const name = `${account} ${status}`;
    let place = places.get(name) ?? { next: 0, count: 0 };
    const rounds = Math.ceil(place.count / SWEEPS_PER_WALK / MOST_AT_ONCE);
    for (let round = 0; round < Math.min(Math.max(1, rounds), MOST_ROUNDS); round += 1) {
      place = await walkOn({ account, status, from: place.next, most: MOST_AT_ONCE });
      places.set(name, place);
      if (place.next === 0) return;
    }
  }

  return async (account) => {
    await goOn(account, 'waiting');
    await goOn(account, 'held');
  };
}
