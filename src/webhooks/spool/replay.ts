import { types } from 'node:util';
import { type Keep, readLate } from '../keep.js';
import { readLines, type SpooledBody } from './line.js';
import type { Spool } from './spool.js';

/** What became of bodies that had waited. `failed`: Redis answers, and will not have it; `damaged`: by the disk. */
export type Replayed = 'replayed' | 'failed' | 'damaged';

export type ReplayDeps = {
  readonly spool: Spool;
  readonly apply: Keep;
  readonly observer: { replayed(result: Replayed, bodies: number): void };
  /** No more is begun. */
  readonly stopped: () => boolean;
};

/** Begun in the order in which they came; so many are on their way at a time. */
const AT_ONCE = 50;

/**
 * Applies what waits, oldest first, and removes each segment when all of it is applied. A segment whose replay was
 * interrupted is begun again: what was applied already is a duplicate.
 * @throws what the store throws while it is away: the rest waits on
 */
export async function replaySpool(deps: ReplayDeps): Promise<void> {
  const { spool, observer } = deps;
  while (!deps.stopped()) {
    const name = await spool.oldest();
    if (name === undefined) return;
    const { bodies, damaged } = readLines(await spool.read(name));
    const results = await applyAll(bodies, deps);
    if (results === null) return;
    const failed = results.filter((result) => result === 'failed').length;
    if (damaged > 0) observer.replayed('damaged', damaged);
    await (damaged + failed > 0 ? spool.setAside(name) : spool.remove(name));
  }
}

/** Null when it was stopped before all were applied. */
async function applyAll(
  bodies: readonly SpooledBody[],
  deps: ReplayDeps,
): Promise<readonly Replayed[] | null> {
  const results: Replayed[] = [];
  for (let index = 0; index < bodies.length; index += AT_ONCE) {
    if (deps.stopped()) return null;
    const some = bodies.slice(index, index + AT_ONCE);
    for (const result of await Promise.all(some.map((body) => replay(body, deps)))) {
      deps.observer.replayed(result, 1);
      results.push(result);
    }
  }
  return results;
}

async function replay({ at, text }: SpooledBody, { apply }: ReplayDeps): Promise<Replayed> {
  try {
    await apply(readLate(text, at));
    return 'replayed';
  } catch (error) {
    if (isItsOwnFault(error)) return 'failed';
    throw error;
  }
}

/** A script's error or a bug comes again each time, and nothing behind it would ever be applied; all else passes. */
function isItsOwnFault(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  if (error.name === 'ReplyError') return /^(ERR|WRONGTYPE) /.test(error.message);
  return error.name === 'TypeError' || error.name === 'RangeError';
}
