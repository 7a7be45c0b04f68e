import { SECOND } from '../domain/time.js';
import { type HealthServer, type Readiness, startHealthServer } from '../observe/health.js';
import type { Log } from '../observe/log.js';
import { type Booted, type BootOptions, boot } from './boot.js';
import type { Core, Running } from './core.js';
import { every } from './every.js';
import { explainRedis } from './explain-redis.js';
import { whenAborted } from './stop-signal.js';

export type ServeOptions = BootOptions & {
  /** Told to end by it, as by `listenForStop`. */
  readonly stop: AbortSignal;
  /** False: no metrics port, and nothing to ask about health. */
  readonly health?: boolean;
};

/** Where this process serves its metrics; null when it does not. */
export type MetricsAt = { readonly host: string; readonly port: number } | null;

/** `cut_short`: the grace was over before everything in hand had ended. */
export type Ended = 'drained' | 'cut_short';

type Phase = { name: 'starting' | 'ready' | 'draining'; running: Running | null };

/**
 * Runs what `start` starts until told to stop, then closes it, bounded by WAYBILL_SHUTDOWN_GRACE_MS
 * and by the timeouts of the attempts that are in flight when that is over.
 * @throws ConfigError, ListenError, WaybillError REDIS_EVICTS
 */
export async function serve(
  options: ServeOptions,
  start: (core: Core, metricsAt: MetricsAt) => Promise<Running>,
): Promise<Ended> {
  const booted = boot(options);
  const { core } = booted;
  exitOnBugs(core.log);
  if (options.stop.aborted) return 'drained';
  const phase: Phase = { name: 'starting', running: null };
  const health = options.health === false ? null : await openHealth(booted, phase);
  const looking = every(SECOND, core.log, lookAtFiles(booted));
  try {
    // A start may wait for Redis as long as it takes; there is nothing in hand that would have to end first.
    const running = await Promise.race([start(core, health), whenAborted(options.stop).then(() => null)]);
    if (running === null) return 'drained';
    Object.assign(phase, { name: 'ready', running });
    core.log.info('started');
    await whenAborted(options.stop);
    phase.name = 'draining';
    core.log.info('stopping');
    return await drain(running, core);
  } catch (error) {
    throw explainRedis(error, core.config);
  } finally {
    await looking.close();
    await health?.close();
  }
}

/** A file that has become unusable shows, also while nobody asks for what is in it; so do accounts that come and go. */
function lookAtFiles({ core: { secrets }, metrics }: Booted): () => Promise<void> {
  let before = secrets.accounts();
  return async () => {
    secrets.look();
    const now = secrets.accounts();
    if (now === before) return;
    const names = new Set(now.map(({ name }) => name));
    for (const { name } of before) if (!names.has(name)) metrics.dropAccount(name);
    for (const name of names) metrics.startAccount(name);
    before = now;
  };
}

function openHealth({ core, metrics }: Booted, phase: Phase): Promise<HealthServer> {
  const { config, secrets, log } = core;
  const ready = (): Readiness => ({
    ready: phase.name === 'ready',
    body: {
      phase: phase.name,
      dependencies: phase.running?.dependencies?.() ?? {},
      unusableSettings: secrets.unusable(),
    },
  });
  return startHealthServer({ ...config.listen.metrics, metrics, ready, log });
}

/** An attempt in flight may outlast the grace, to the end of its own timeout: cut off, it would become unknown. */
async function drain(running: Running, { config: { shutdownGraceMs }, log }: Core): Promise<Ended> {
  const closed = running.close().then((): Ended => 'drained');
  let ended = await within(shutdownGraceMs, closed);
  for (let leftMs = running.leftMs?.() ?? 0; ended === 'cut_short' && leftMs > 0; ) {
    log.warn('an attempt in flight outlasts the grace', { shutdownGraceMs, leftMs });
    ended = await within(leftMs, closed);
    leftMs = running.leftMs?.() ?? 0;
  }
  if (ended === 'drained') log.info('stopped');
  else log.error('stopped before everything in hand had ended', { shutdownGraceMs });
  return ended;
}

async function within(ms: number, closed: Promise<Ended>): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Ended>((resolve) => {
    timer = setTimeout(() => resolve('cut_short'), ms);
  });
  const ended = await Promise.race([closed, late]);
  clearTimeout(timer);
  return ended;
}

/** The state after a bug is unknown: what was in hand is found by the others, by its record. */
function exitOnBugs(log: Log): void {
  const exit = (message: string) => (error: unknown) => {
    log.error(message, { error });
    process.exit(1);
  };
  process.on('unhandledRejection', exit('unhandled rejection'));
  process.on('uncaughtException', exit('uncaught exception'));
}
