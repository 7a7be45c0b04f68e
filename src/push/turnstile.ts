import { backoffMs } from '../domain/backoff.js';
import { MINUTE, SECOND } from '../domain/time.js';
import type { PushResult } from './sender.js';

/** So many failures in a row, and the endpoint is left alone for a growing while. */
const FAILURES_ALLOWED = 5;
const REST = { maxAttempts: 0, baseMs: SECOND, capMs: MINUTE };

export type TurnstileOptions = {
  readonly inFlight: number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Told when the endpoint is left alone, and when it serves again. */
  readonly onRest: (rest: { readonly reason: string; readonly restMs: number } | null) => void;
};

/**
 * Lets POSTs to one endpoint through: a few at a time while it answers well; after failures in a row, or when it asks
 * for it, none for a while, and then one at a time until one is taken.
 */
export class Turnstile {
  readonly #options: TurnstileOptions;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;
  #failures = 0;
  /** Since its last good answer. */
  #rests = 0;
  #resting = false;

  constructor(options: TurnstileOptions) {
    this.#options = options;
  }

  /** What `send` came to; null where it sent nothing after all. */
  async pass(send: () => Promise<PushResult | null>): Promise<PushResult | null> {
    while (!this.#isFree()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inside += 1;
    try {
      const result = await send();
      if (result?.kind === 'taken') this.#served();
      if (result?.kind === 'failed') this.#failed(result);
      return result;
    } finally {
      this.#inside -= 1;
      this.#admit();
    }
  }

  #isFree(): boolean {
    return !this.#resting && this.#inside < this.#allowed();
  }

  /** Until one is taken again, one at a time is asked. */
  #allowed(): number {
    return this.#rests > 0 ? 1 : this.#options.inFlight;
  }

  #admit(): void {
    if (!this.#isFree()) return;
    for (const enter of this.#waiting.splice(0, this.#allowed() - this.#inside)) enter();
  }

  #served(): void {
    this.#failures = 0;
    if (this.#rests === 0) return;
    this.#rests = 0;
    this.#options.onRest(null);
  }

  #failed({ reason, restMs: asked }: Extract<PushResult, { kind: 'failed' }>): void {
    this.#failures += 1;
    const tripped = this.#failures >= FAILURES_ALLOWED || this.#rests > 0 || asked > 0;
    if (!tripped || this.#resting) return;
    this.#rests += 1;
    const restMs = Math.max(asked, SECOND / 4 + backoffMs(REST, this.#rests, this.#options.random()));
    this.#resting = true;
    this.#options.onRest({ reason, restMs });
    void this.#options.sleep(restMs).then(() => {
      this.#resting = false;
      this.#admit();
    });
  }
}
