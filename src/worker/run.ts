import type { Account } from '../domain/account.js';
import type { Claim } from '../domain/claim.js';
import type { Delivery } from '../domain/delivery.js';
import type { Finding } from '../domain/preflight.js';
import type { Sealer } from '../domain/seal.js';
import type { Attempt } from '../redis/attempt-store.js';
import type { Job } from '../redis/delivery-replies.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import type { DeliveryRef } from '../redis/run-on-delivery.js';
import type { Effects } from './clock.js';
import type { Flights } from './flights.js';
import type { JobEnd } from './job-end.js';
import type { Lock } from './locks.js';
import type { SendDeps } from './send.js';
import type { SettleDeps } from './settle.js';
import type { DelivererObserver } from './tell.js';

/** Looks at a file by its link. It takes seconds at most, and never throws. */
export type Inspect = (file: Pick<Delivery, 'fileUrl' | 'mediaType'>) => Promise<Finding>;

/** One run of one job. */
export type Run = {
  readonly delivery: Delivery;
  readonly account: Account;
  readonly job: Job;
  /** The job's data as it was found. */
  readonly request: unknown;
  /** Whether BullMQ gives it a priority of its own. */
  readonly isPrioritised: boolean;
  readonly lock: Lock;
};

/** A claim and its answer; `age` counts from before it was sent. */
export type Claimed = { readonly attempt: string; readonly claim: Claim; readonly age: () => number };

/** How a run ended, and of which delivery. */
export type Delivered = { readonly end: JobEnd; readonly ref: DeliveryRef };

/** What a run works with. */
export type DeliverDeps = SendDeps &
  SettleDeps & {
    readonly store: DeliveryStore;
    readonly effects: Effects;
    readonly observer: DelivererObserver;
    /** How long a sent message may take to show in the history. */
    readonly historyLagMs: number;
    readonly inspect: Inspect;
    readonly sealer: Sealer;
    /** How soon a delivery is tried again whose request could not be read. */
    readonly lockedAgainMs: number;
    readonly isDraining: () => boolean;
    /** Runs an attempt, so that a shutdown knows of it. */
    readonly fly: Flights['fly'];
    /** Gives back an attempt that this process asked for and will not dispatch. */
    readonly release: (attempt: Attempt) => Promise<void>;
  };
