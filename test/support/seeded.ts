import { randomInt } from 'node:crypto';
import { createDice, type Dice } from '../../sandbox/dice.js';

/** A test whose chance can be had again: its seed is told when it fails, and taken from TEST_SEED where that is set. */
export function seeded(test: (dice: Dice, seed: number) => Promise<void>): () => Promise<void> {
  return async () => {
    const seed = Number(process.env.TEST_SEED ?? randomInt(2 ** 32));
    try {
      await test(createDice(seed), seed);
    } catch (error) {
      process.stderr.write(`Failed with TEST_SEED=${seed}\n`);
      throw error;
    }
  };
}

/** The same things in another order. */
export function shuffled<T>(things: readonly T[], dice: Dice): T[] {
  return things
    .map((thing) => ({ thing, place: dice.between({ min: 0, max: 0xffff_ffff }) }))
    .sort((one, other) => one.place - other.place)
    .map(({ thing }) => thing);
}
