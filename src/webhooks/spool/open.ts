import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SECOND } from '../../domain/time.js';
import { ConfigError } from '../../errors.js';
import { diskCode } from './disk-code.js';
import { createWatch, leaveFolder, sayAlive, takeOver } from './folder.js';
import { type ReplayDeps, replaySpool } from './replay.js';
import { createSegment } from './segment.js';
import { createSpool, type Spool, type SpoolOptions } from './spool.js';

export const SPOOL_TIMINGS = {
  /** How often the owner says that it lives, and looks for what others have left behind. */
  aliveEveryMs: 2 * SECOND,
  deadAfterMs: 15 * SECOND,
  replayEveryMs: SECOND,
};

export type SpoolTimings = typeof SPOOL_TIMINGS;

export type OpenOptions = Omit<SpoolOptions, 'folder'> & {
  /** Shared by all processes, also across containers; each has a folder of its own in it. */
  readonly root: string;
  readonly timings: SpoolTimings;
  readonly monotonic: () => number;
};

export type OpenSpool = Pick<Spool, 'append'> & {
  /** Says that we live, and takes over what the dead have left behind. */
  tend(): Promise<void>;
  /** Applies what waits. @throws what the store throws */
  replay(deps: Omit<ReplayDeps, 'spool'>): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens a spool in a folder that may be shared.
 * @throws ConfigError naming WAYBILL_WEBHOOK_SPOOL where nothing can be written there
 */
export async function openSpool({ root, timings, monotonic, ...options }: OpenOptions): Promise<OpenSpool> {
  const folder = join(root, options.id);
  await proveWritable(root, folder);
  const spool = createSpool({ ...options, folder });
  const findLeft = createWatch({ root, own: options.id, deadAfterMs: timings.deadAfterMs, monotonic });
  let beat = 0;
  return {
    append: spool.append,
    async tend() {
      beat += 1;
      await sayAlive(folder, beat);
      for (const name of await findLeft()) {
        const taken = await takeOver(join(root, name), folder);
        for (const each of taken) await spool.adopted(each);
      }
    },
    replay: (deps) => replaySpool({ ...deps, spool }),
    async close() {
      await spool.close();
      await leaveFolder(folder);
    },
  };
}

async function proveWritable(root: string, folder: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await sayAlive(folder, 0);
    const probe = await createSegment(folder, 'probe');
    await probe.close();
  } catch (cause) {
    const problem = `cannot be written to (${diskCode(cause)})`;
    const expected = 'a folder that this process may write to and sync';
    throw new ConfigError([{ name: 'WAYBILL_WEBHOOK_SPOOL', problem, expected }], { cause });
  }
}
