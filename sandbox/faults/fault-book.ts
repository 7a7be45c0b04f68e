import type { Dice } from '../dice.js';
import type { Endpoint, Fault } from './fault.js';

/** A request as far as it is known; `to` is null where it has none, `texts` are what its fields say. */
export type Target = {
  readonly endpoint: Endpoint;
  readonly to: string | null;
  readonly texts: readonly string[];
};

type Entry = { readonly fault: Fault; timesLeft: number };

/** The faults that are ordered, and how often each may still strike. */
export class FaultBook {
  #entries: Entry[] = [];

  add(fault: Fault): void {
    this.#entries.push({
      fault,
      timesLeft: fault.times === 'always' ? Number.POSITIVE_INFINITY : fault.times,
    });
  }

  /** What is still to come, oldest first. */
  list(): Fault[] {
    return this.#entries.map(({ fault, timesLeft }) => ({
      ...fault,
      times: Number.isFinite(timesLeft) ? timesLeft : 'always',
    }));
  }

  clear(): void {
    this.#entries = [];
  }

  /** The fault that strikes a request whose body nobody has read yet. */
  strikeUnread(endpoint: Endpoint, dice: Dice): Fault | null {
    return this.#strike({ endpoint, to: null, texts: [] }, dice, true);
  }

  strike(target: Target, dice: Dice): Fault | null {
    return this.#strike(target, dice, false);
  }

  #strike(target: Target, dice: Dice, unread: boolean): Fault | null {
    if (this.#entries.length === 0) return null;
    const entry = this.#entries.find(
      ({ fault }) =>
        (fault.kind === 'reset_before_reading') === unread &&
        fault.on.includes(target.endpoint) &&
        (fault.to === undefined || fault.to === target.to) &&
        holds(target.texts, fault.text) &&
        dice.chance(fault.probability),
    );
    if (entry === undefined) return null;
    entry.timesLeft -= 1;
    if (entry.timesLeft === 0) this.#entries = this.#entries.filter((other) => other !== entry);
    return entry.fault;
  }
}

function holds(texts: readonly string[], wanted: string | undefined): boolean {
  return wanted === undefined || texts.some((text) => text.includes(wanted));
}
