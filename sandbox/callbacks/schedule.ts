import { DAY } from '../../src/domain/time.js';
import type { TravelClock } from '../travel-clock.js';
import { MinHeap } from './min-heap.js';

type Task = { readonly dueAt: number; readonly order: number; readonly run: () => Promise<void> };

/** Work that is due at a time of the sandbox's clock: travelling in time makes it due sooner. */
export class Schedule {
  readonly #clock: TravelClock;
  readonly #due = new MinHeap<Task>((one, other) => one.dueAt - other.dueAt || one.order - other.order);
  #timer: NodeJS.Timeout | undefined;
  #order = 0;
  #running = 0;
  #idleListeners: (() => void)[] = [];
  #closed = false;

  constructor(clock: TravelClock) {
    this.#clock = clock;
  }

  /** Tasks of one time run in the order in which they were given. */
  at(dueAt: number, run: () => Promise<void>): void {
    if (this.#closed) return;
    this.#order += 1;
    this.#due.push({ dueAt, order: this.#order, run });
    if (this.#due.peek()?.order === this.#order) this.#arm();
  }

  /** Runs now, and counts as pending until it is done. */
  async track(run: () => Promise<void>): Promise<void> {
    this.#running += 1;
    try {
      await run();
    } finally {
      this.#running -= 1;
      this.#tellWhenIdle();
    }
  }

  /** Runs what is due by now: to be called after the clock was moved. */
  wake(): void {
    for (;;) {
      const next = this.#due.peek();
      if (next === undefined || next.dueAt > this.#clock.now()) break;
      this.#due.pop();
      void this.track(next.run);
    }
    this.#arm();
  }

  get pending(): number {
    return this.#due.size + this.#running;
  }

  /** Resolves once nothing is due, now or later, and nothing runs. */
  idle(): Promise<void> {
    if (this.pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  /** Forgets what is due. What runs is its owner's to end. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#due.clear();
    this.#tellWhenIdle();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#due.peek();
    if (next === undefined || this.#closed) return;
    // Node's timers overflow beyond 24.8 days; an early wake only arms again.
    const waitMs = Math.min(Math.max(next.dueAt - this.#clock.now(), 0), DAY);
    this.#timer = setTimeout(() => this.wake(), waitMs);
  }

  #tellWhenIdle(): void {
    if (this.pending > 0) return;
    const listeners = this.#idleListeners;
    this.#idleListeners = [];
    for (const resolve of listeners) resolve();
  }
}
