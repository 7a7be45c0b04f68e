import type { QueuedPart, QueuedPlace, QueuedSeen } from '../redis/removed.js';

const MOST_AT_ONCE = 500;
const MOST_ROUNDS = 16;

type WalkOn = (part: QueuedPart & { readonly account: string }) => Promise<QueuedSeen>;

/** The oldest queued delivery that this walk has met, when it was created. */
type Walk = QueuedPlace & { readonly oldestQueuedAt: number | null };

const FROM_THE_START: Walk = { at: 0, skip: 0, oldestQueuedAt: null };

/**
 * Walks through the deliveries that nobody has claimed yet, a part at each sweep, and wakes what has lost its job. They
 * have no index of their own, which each delivery would have to pay for; but what is older than the oldest of them is
 * done with, so that each walk begins there. The first one of a process sees all.
 */
export function createQueuedWalk(walkOn: WalkOn): (account: string) => Promise<void> {
  const walks = new Map<string, Walk>();

  return async (account) => {
    let walk = walks.get(account) ?? FROM_THE_START;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { next, isLast, ...seen } = await walkOn({
        account,
        at: walk.at,
        skip: walk.skip,
        most: MOST_AT_ONCE,
      });
      const oldestQueuedAt = walk.oldestQueuedAt ?? seen.oldestQueuedAt;
      if (isLast) walk = { at: oldestQueuedAt ?? next.at, skip: 0, oldestQueuedAt: null };
      else walk = { ...next, oldestQueuedAt };
      walks.set(account, walk);
      if (isLast) return;
    }
  };
}
