import type { Position } from '../domain/cursor.js';

type Step = { readonly position: Position; done: boolean };

/** Notes how far the events of each account are done with, though they may end in any order. */
export class Progress {
  readonly #steps = new Map<string, Step[]>();
  readonly #onReached: (account: string, position: Position) => void;
  readonly #room: (() => void)[] = [];
  #open = 0;

  /** Told of each position up to which everything is done. */
  constructor(onReached: (account: string, position: Position) => void) {
    this.#onReached = onReached;
  }

  /** Events since the oldest that is not done with, of each account. */
  get size(): number {
    return this.#open;
  }

  /** Begins an event; what it returns ends it. */
  begin(account: string, position: Position): () => void {
    const step = { position, done: false };
    const steps = this.#steps.get(account) ?? [];
    steps.push(step);
    this.#steps.set(account, steps);
    this.#open += 1;
    return () => {
      step.done = true;
      this.#reach(account, steps);
    };
  }

  /** Resolves when there are fewer than `most`, or somebody is to look again. */
  async whenBelow(most: number, mayWait: () => boolean): Promise<void> {
    while (this.#open >= most && mayWait()) {
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
  }

  lookAgain(): void {
    for (const wake of this.#room.splice(0)) wake();
  }

  #reach(account: string, steps: Step[]): void {
    const first = steps.findIndex(({ done }) => !done);
    const ended = steps.splice(0, first === -1 ? steps.length : first);
    const last = ended.at(-1);
    if (last === undefined) return;
    this.#open -= ended.length;
    this.#onReached(account, last.position);
    this.lookAgain();
  }
}
