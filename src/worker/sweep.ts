import type { Account } from '../domain/account.js';
import type { Log } from '../observe/log.js';
import type { DeliveryObserver, Swept } from '../observe/observer.js';
import type { AttemptStore } from '../redis/attempt-store.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import type { DeliveryRef } from '../redis/run-on-delivery.js';
import { subjectOf } from './tell.js';

export type SweepDeps = {
  readonly store: DeliveryStore;
  readonly attempts: AttemptStore;
  readonly log: Pick<Log, 'warn'>;
  readonly observer: Pick<DeliveryObserver, 'deliveryMoved'> & { swept(event: Swept): void };
};

const MOST_PER_ROUND = 500;
/** A burst of new deliveries, each with its wake entry, must not hide the one that needs help. */
const MOST_ROUNDS = 40;

type Found = 'replayed' | 'added' | 'stale' | 'lost' | 'nothing';

/**
 * Looks at the deliveries whose wake entry is due: wakes those whose turn was missed, adds jobs that a failover, or
 * a crash of an earlier version, kept out of the queue, and calls attempts that never told their end unknown.
 */
export async function sweep(account: Account, deps: SweepDeps): Promise<void> {
  const found: Found[] = [];
  const errors: unknown[] = [];
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const overdue = await deps.store.overdue(account.from, MOST_PER_ROUND);
    const looks = await Promise.allSettled(overdue.map((ref) => lookAt(ref, account, deps)));
    found.push(...looks.flatMap((look) => (look.status === 'fulfilled' ? look.value : [])));
    errors.push(...looks.flatMap((look) => (look.status === 'rejected' ? [look.reason] : [])));
    if (overdue.length < MOST_PER_ROUND) break;
  }
  if (errors.length > 0) {
    // They keep their wake entries, and must not keep the others waiting.
    deps.log.warn('deliveries could not be swept', {
      account: account.name,
      count: errors.length,
      error: errors[0],
    });
  }
  const count = (kind: Found) => found.filter((each) => each === kind).length;
  const [wakesReplayed, jobsAdded, staleAttempts] = [count('replayed'), count('added'), count('stale')];
  if (wakesReplayed + jobsAdded + staleAttempts === 0) return;
  deps.observer.swept({ account: account.name, wakesReplayed, jobsAdded, staleAttempts });
}

async function lookAt(ref: DeliveryRef, account: Account, deps: SweepDeps): Promise<Found> {
  const look = await deps.store.look(ref);
  switch (look.kind) {
    case 'done':
      return 'nothing';
    case 'front':
      return 'replayed';
    case 'added':
      return 'added';
    case 'stale':
      await deps.attempts.doubt({ ...ref, attempt: look.attempt }, 'worker_lost', 'its worker never told');
      return 'stale';
    case 'lost':
      // Somebody removed the job, and with it the request: said aloud, since nothing can be sent any more.
      await endLost(ref, account, deps);
      return 'lost';
    case 'unresolved':
      await deps.store.resign(ref);
      return 'nothing';
    case 'unconfirmed':
      await presumeFailed(ref, account, deps);
      return 'nothing';
    default:
      return look satisfies never;
  }
}

async function presumeFailed(ref: DeliveryRef, account: Account, { attempts, observer }: SweepDeps) {
  if (!(await attempts.presumeFailed(ref))) return;
  const moved = { from: 'accepted', to: 'failed', reason: 'unconfirmed' } as const;
  observer.deliveryMoved({ ...subjectOf({ delivery: ref, account }), ...moved });
}

async function endLost(ref: DeliveryRef, account: Account, { store, observer }: SweepDeps): Promise<void> {
  const end = { status: 'failed', reason: 'job_removed' } as const;
  const { done } = await store.conclude(ref, end);
  if (!done) return;
  observer.deliveryMoved({
    ...subjectOf({ delivery: ref, account }),
    from: null,
    to: end.status,
    reason: end.reason,
  });
}
