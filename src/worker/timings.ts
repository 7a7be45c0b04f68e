import { FIRST_PROBE_MS } from '../domain/probe.js';
import { MINUTE, SECOND } from '../domain/time.js';

/** How soon the work of a worker that died is taken up. The same for all workers: they judge one another by it. */
export type Timings = {
  /** BullMQ's lock on a job, renewed while its worker lives. */
  readonly lockMs: number;
  /** At most a quarter of the lock, so that a dead worker's jobs come back soon after their locks end. */
  readonly stalledCheckMs: number;
  readonly sweepEveryMs: number;
  /** Another worker takes the sweeping over this long after its holder's death. */
  readonly sweeperLeaseMs: number;
  /** How long after a worker has paused an account the provider is first asked whether all is well. */
  readonly firstProbeMs: number;
  /** How soon a delivery is tried again whose request could not be read for want of a data key. */
  readonly lockedAgainMs: number;
  /** What has grown older than it is to be kept goes this often. */
  readonly forgetEveryMs: number;
};

export const TIMINGS: Timings = {
  lockMs: 30 * SECOND,
  stalledCheckMs: 7.5 * SECOND,
  sweepEveryMs: 5 * SECOND,
  sweeperLeaseMs: 15 * SECOND,
  firstProbeMs: FIRST_PROBE_MS,
  lockedAgainMs: 30 * SECOND,
  forgetEveryMs: MINUTE,
};
