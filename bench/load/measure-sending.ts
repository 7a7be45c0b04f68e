import { type CommandStats, commandStats } from '../lab/redis-stats.js';
import { onStage, type Stage, type StageOptions } from '../lab/stage.js';
import { until } from '../lab/until.js';
import { cpuMs } from '../lab/usage.js';

export type Load = Omit<StageOptions, 'snapshot'> & {
  /** A Redis in which so many requests are queued. */
  readonly snapshot: string;
  readonly count: number;
  /** What is measured, in POSTs; by default from a third on, while no worker runs out of work. */
  readonly part?: Range;
  /** The rest is left unsent: what keeps it waiting is not what is measured. */
  readonly endsEarly?: boolean;
};

export type Range = { readonly from: number; readonly to: number };

/** Of one run, per delivery where it says so. */
export type Sending = {
  readonly perSecond: number;
  readonly workerMicros: number;
  readonly redisMicros: number;
  readonly providerMicros: number;
  readonly commands: CommandStats;
  /** How long the provider took for an answer. */
  readonly providerMs: number;
  /** What was measured, by `clockMs`. */
  readonly from: number;
  readonly to: number;
};

const FINISH_TIMEOUT_MS = 60_000;

/** Has a queue sent that is full already, and looks at the part in which the workers are warm and none is idle. */
export function measureSending(load: Load): Promise<Sending> {
  return onStage(load, async (stage) => {
    const { part = warmPart(load), count, endsEarly = false } = load;
    // The workers are still being loaded.
    const watch = await stage.provider.watch([part.from, part.to, count]);
    const from = await stage.alive(watch.reached(part.from));
    const before = await read(stage);
    const to = await stage.alive(watch.reached(part.to));
    const after = await read(stage);
    if (!endsEarly) await stage.alive(watch.reached(count).then(() => untilEnd(load, stage)));
    const providerMs = (await stage.provider.total()).heldMs;
    return { ...figures({ before, after }, { from, to, count: part.to - part.from }), providerMs };
  });
}

/** A third to get warm; and at the end the workers run out of work one by one. */
function warmPart({ count, concurrency, workers = 1 }: Load): Range {
  const from = Math.max(1, Math.round(count / 3));
  return { from, to: Math.max(from + 1, count - concurrency * workers) };
}

type Reading = {
  readonly workers: number;
  readonly redis: number;
  readonly provider: number;
  readonly commands: CommandStats;
};

async function read({ provider, redis, workers }: Stage): Promise<Reading> {
  return {
    workers: workers.reduce((sum, { pid }) => sum + cpuMs(pid), 0),
    redis: cpuMs(redis.pid),
    provider: cpuMs(provider.pid),
    commands: await commandStats(redis.client),
  };
}

/** A rate counts only where each was sent, once, and its job has ended. */
async function untilEnd({ rival, count }: Load, { provider, redis }: Stage): Promise<void> {
  await until(async () => (await rival.finished(redis.client)) === count, {
    what: `The end of ${count} jobs of ${rival.name}`,
    timeoutMs: FINISH_TIMEOUT_MS,
  });
  const { count: sent } = await provider.total();
  if (sent !== count) throw new Error(`${rival.name} sent ${sent} files for ${count} requests`);
}

type Ends = { readonly before: Reading; readonly after: Reading };
type Part = Range & { readonly count: number };

function figures({ before, after }: Ends, { from, to, count }: Part): Omit<Sending, 'providerMs'> {
  const micros = (ms: number) => (ms * 1000) / count;
  return {
    perSecond: (count * 1000) / (to - from),
    workerMicros: micros(after.workers - before.workers),
    redisMicros: micros(after.redis - before.redis),
    providerMicros: micros(after.provider - before.provider),
    commands: new Map(
      [...after.commands].map(([name, { calls, micros }]) => {
        const was = before.commands.get(name) ?? { calls: 0, micros: 0 };
        return [name, { calls: (calls - was.calls) / count, micros: (micros - was.micros) / count }];
      }),
    ),
    from,
    to,
  };
}
