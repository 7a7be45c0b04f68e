/** Everything random in the sandbox. The same seed and the same order of calls give the same draws. */
export type Dice = {
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** A whole number from the range, both ends included. */
  between(range: { readonly min: number; readonly max: number }): number;
  /** Dice of one's own, so that what happens to one request does not shift what happens to the next. */
  fork(): Dice;
};

/** A 32-bit Weyl sequence, scrambled by MurmurHash3's finalizer: small and fast, not for secrets. */
export function createDice(seed: number): Dice {
  let state = seed | 0;
  const draw = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return (bits ^ (bits >>> 16)) >>> 0;
  };
  const fraction = (): number => draw() / 2 ** 32;
  return {
    chance: (probability) => fraction() < probability,
    between: ({ min, max }) => min + Math.floor(fraction() * (max - min + 1)),
    fork: () => createDice(draw()),
  };
}
