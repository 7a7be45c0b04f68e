import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

const SLICE = 500;
/** A round ends earlier where a slice was not all dropped: the rest is looked at in the next ones. */
const MOST_SLICES = 20;

type Options = {
  readonly redis: Redis;
  readonly prefix: string;
  /** How long a finished record is kept. */
  readonly retentionMs: number;
};

/** Keeps the indexes from outgrowing the records: expired ones leave their ids behind. One round at a time. */
export function createTrimmer({ redis, prefix, retentionMs }: Options) {
  const runScript = createScriptRunner(redis);
  /** How far an account's index has been looked through: some of the oldest may well live on. */
  const ranks = new Map<string, number>();

  return async (from: string): Promise<void> => {
    for (let slice = 1; slice <= MOST_SLICES; slice += 1) {
      const rank = ranks.get(from) ?? 0;
      const raw = await runScript('trim', accountKeys(prefix, from).fixed, {
        rank,
        most: SLICE,
        retentionMs,
      });
      const [seen = 0, dropped = 0] = Array.isArray(raw) ? raw.map(Number) : [];
      ranks.set(from, seen < SLICE ? 0 : rank + seen - dropped);
      if (dropped < SLICE) return;
    }
  };
}
