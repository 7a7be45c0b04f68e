import type { Aof } from '../lab/redis.js';
import { median, number, spread } from './figures.js';

/** Of a case: `full` is every setting, `usual` what a small machine finishes in some minutes, `quick` one small setting. */
export type Size = 'quick' | 'usual' | 'full';

/** How much at once; `concurrency` is per worker process. */
export type Setting = {
  readonly latencyMs: number;
  readonly concurrency: number;
  readonly workers: number;
};

/** How a case is to be run. */
export type Asked = {
  readonly rounds: number;
  /** Multiplies every count. */
  readonly scale: number;
  readonly size: Size;
  readonly aof: Aof;
  /** Of throughput; none: those that belong to the size. */
  readonly settings: readonly Setting[];
  /** Only shows where the time goes, in the cases that can. */
  readonly profile: boolean;
};

export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

export type Target = {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly isMet: boolean;
};

export type Result = {
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  readonly profile?: string;
};

/** Something that is measured: its own file under `cases/`. */
export type Case = {
  readonly name: string;
  /** How it is measured. */
  readonly about: string;
  run(asked: Asked): Promise<Result>;
};

/** So many of something, fewer in a short form, but never less than `least`. */
export function scaled(count: number, { scale }: Pick<Asked, 'scale'>, least = 1): number {
  return Math.max(least, Math.round(count * scale));
}

type Bound = { readonly what: string; readonly figures: readonly number[]; readonly bound: number };

export function atLeast({ what, figures, bound }: Bound, digits = 2): Target {
  return {
    what,
    wanted: `≥ ${number(bound, digits)}`,
    measured: spread(figures, digits),
    isMet: median(figures) >= bound,
  };
}

export function atMost({ what, figures, bound }: Bound, digits = 2): Target {
  return {
    what,
    wanted: `≤ ${number(bound, digits)}`,
    measured: spread(figures, digits),
    isMet: median(figures) <= bound,
  };
}
