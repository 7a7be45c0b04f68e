import { BoundedLog } from '../bounded-log.js';
import type { Counts, SeenRequest } from '../shapes.js';

type Counter = keyof Counts;

/** Every POST that arrived, also those that got no answer; and the counters that stay when nothing else is kept. */
export class RequestLog {
  readonly #log: BoundedLog<SeenRequest>;
  readonly #counts: Record<Counter, number> = {
    requests: 0,
    accepted: 0,
    refused: 0,
    faulted: 0,
    callbacksPosted: 0,
    callbacksLost: 0,
  };

  constructor(keep: boolean) {
    this.#log = new BoundedLog(keep ? Number.POSITIVE_INFINITY : 0);
  }

  open(endpoint: string, at: number): SeenRequest {
    const order = this.count('requests');
    const request: SeenRequest = { order, at, endpoint, fields: null, answer: 'open', unique: null };
    this.#log.add(request);
    return request;
  }

  count(counter: Counter): number {
    this.#counts[counter] += 1;
    return this.#counts[counter];
  }

  requests(): readonly SeenRequest[] {
    return this.#log.entries();
  }

  counts(): Counts {
    return { ...this.#counts };
  }
}
