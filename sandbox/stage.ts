import type { SandboxOptions } from './options.js';
import { createUniqueMaker } from './unique.js';
import { closeWorld, createWorld, type World, type WorldSources } from './world.js';

/** Where one world plays at a time: a reset ends it, with all that is due in it, and begins another. */
export type Stage = {
  readonly world: World;
  readonly seed: number;
  /** With another seed when one is given; returns the seed. What was under way ends in the old world. */
  reset(seed?: number): Promise<number>;
  close(): Promise<void>;
};

/** Ids go on across resets: one that came twice would be two messages' in whoever keeps them longer than we do. */
export function createStage(
  options: SandboxOptions,
  { seed: first, now }: Pick<WorldSources, 'seed' | 'now'>,
): Stage {
  const makeUnique = createUniqueMaker(first, options.uniqueForm);
  let seed = first;
  let world = createWorld(options, { seed, now, makeUnique });
  return {
    get world() {
      return world;
    },
    get seed() {
      return seed;
    },
    async reset(wanted = seed) {
      const old = world;
      seed = wanted;
      world = createWorld(options, { seed, now, makeUnique });
      await closeWorld(old);
      return seed;
    },
    close: () => closeWorld(world),
  };
}
