import type { Keep } from '../webhooks/keep.js';
import { createSpoolingKeep } from '../webhooks/keep.js';
import { openSpool, type SpoolTimings } from '../webhooks/spool/open.js';
import type { Core, Running } from './core.js';
import { every } from './every.js';

export type Spooling = Running & { readonly keep: Keep };

type Options = {
  readonly apply: Keep;
  readonly isConnected: () => boolean;
  readonly timings: SpoolTimings;
};

/**
 * Keeps on disk what comes while Redis is away, and replays it when Redis is back; null where no spool is wanted.
 * @throws ConfigError where nothing can be written there
 */
export async function startSpooling(
  core: Core,
  { apply, isConnected, timings }: Options,
): Promise<Spooling | null> {
  const { config, observer, log, effects } = core;
  const { spoolDir: root, spoolLimitBytes: limitBytes } = config.webhooks;
  if (root === null) return null;
  const { now, monotonic } = effects;
  const spool = await openSpool({
    root,
    id: effects.newId(),
    limitBytes,
    now,
    monotonic,
    timings,
    observer: {
      spooled: (bodies) => observer.bodiesSpooled({ result: 'spooled', bodies }),
      measured: (bytes) => observer.spoolMeasured({ bytes, limitBytes }),
    },
  });
  let stopped = false;
  const replay = () =>
    spool.replay({
      apply,
      observer: { replayed: (result, bodies) => observer.bodiesSpooled({ result, bodies }) },
      stopped: () => stopped,
    });
  const rounds = [
    every(timings.aliveEveryMs, log, spool.tend),
    every(timings.replayEveryMs, log, async () => {
      if (isConnected()) await replay();
    }),
  ];
  return {
    keep: createSpoolingKeep({ apply, spool, monotonic, log }),
    async close() {
      stopped = true;
      await Promise.all(rounds.map((round) => round.close()));
      await spool.close();
    },
  };
}
