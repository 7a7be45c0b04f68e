import type { Account } from '../domain/account.js';
import type { Owner } from '../domain/seal.js';
import type { JobEnd } from './job-end.js';
import type { DeliverDeps, Delivered } from './run.js';
import { finish } from './stop.js';

type Locking = {
  readonly owner: Owner;
  readonly account: Account;
  /** Which data key is not here. */
  readonly why: string;
};

/**
 * The job of a delivery whose request cannot be read here: it waits, aloud. It is neither sent nor failed; but its time
 * may end, and where the delivery has ended its job does too.
 */
export async function lock({ owner, account, why }: Locking, deps: DeliverDeps): Promise<Delivered> {
  const { from, id } = owner;
  const locked = await deps.store.lock(owner, deps.lockedAgainMs);
  const subject = { account: account.name, deliveryId: id, recipient: '' };
  if (locked.kind === 'ended') return { ref: { from, id, to: '' }, end: finish(id, locked) };
  if (locked.kind === 'expired') {
    const ref = { from, id, to: locked.to };
    const end = { status: 'expired', reason: 'expired' } as const;
    if ((await deps.store.conclude(ref, end)).done) {
      deps.observer.deliveryMoved({
        ...subject,
        recipient: ref.to,
        from: null,
        to: end.status,
        reason: end.reason,
      });
    }
    return { ref, end: finish(id, { ...end, unique: null }) };
  }
  deps.observer.deliveryFlagged({ ...subject, flag: 'locked', detail: why });
  const end: JobEnd = {
    kind: 'locked',
    until: locked.now + deps.lockedAgainMs,
    waits: locked.kind === 'waits',
  };
  return { ref: { from, id, to: '' }, end };
}
