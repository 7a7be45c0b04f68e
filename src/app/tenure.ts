import type { ProcessObserver } from '../observe/observer.js';

export type TenureOptions = {
  readonly lease: { hold(): Promise<boolean>; release(): Promise<void> };
  readonly role: string;
  readonly ttlMs: number;
  readonly observer: Pick<ProcessObserver, 'leaseTaken' | 'leaseLost'>;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
};

/** A lease so old is prolonged. */
const RENEWED_AFTER = 1 / 4;

/**
 * Whether this process has a role, and tells when it gets and loses it. It ends with the lease, also while Redis is away
 * and cannot be asked: what only the holder may show is not to be shown by two.
 */
export function createTenure({ lease, role, ttlMs, observer, monotonic }: TenureOptions) {
  let held = false;
  let heldSince = 0;
  let end: NodeJS.Timeout | undefined;

  function change(holds: boolean): void {
    if (holds && !held) observer.leaseTaken(role);
    if (!holds && held) observer.leaseLost(role);
    held = holds;
  }

  return {
    isHeld: () => held,
    /** Takes or prolongs it; false while another process has it. */
    async hold(): Promise<boolean> {
      const askedAt = monotonic();
      if (held && askedAt - heldSince < ttlMs * RENEWED_AFTER) return true;
      const taken = await lease.hold();
      const leftMs = ttlMs - (monotonic() - askedAt);
      clearTimeout(end);
      if (taken && leftMs > 0) end = setTimeout(() => change(false), leftMs).unref();
      heldSince = askedAt;
      change(taken && leftMs > 0);
      return held;
    },
    async release(): Promise<void> {
      clearTimeout(end);
      change(false);
      await lease.release().catch(() => undefined);
    },
  };
}
