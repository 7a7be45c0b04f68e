/** The choices of one schedule, in order. Where the tape has ended every choice is the first. */
export type Tape = {
  readonly ended: () => boolean;
  /** A whole number from 0 up to, and without, `below`. */
  below(below: number): number;
  /** True once in so many times. */
  once(inTimes: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
};

export function createTape(choices: readonly number[]): Tape {
  let next = 0;
  const below = (limit: number): number => (choices[next++] ?? 0) % limit;
  return {
    ended: () => next >= choices.length,
    below,
    once: (inTimes) => below(inTimes) === inTimes - 1,
    pick: (from) => from[below(from.length)] ?? from[0],
  };
}
