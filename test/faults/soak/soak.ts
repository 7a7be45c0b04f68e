import { setTimeout as sleep } from 'node:timers/promises';
import { mayMove, type Status } from '../../../src/domain/status.js';
import { MINUTE, SECOND } from '../../../src/domain/time.js';
import type { Delivery } from '../../../src/index.js';
import { idsOf } from '../../support/provider-truth.js';
import { withFleet } from '../lab.js';
import { brokenPromises, figuresOf, judge } from '../verdict.js';
import { arrive } from './load.js';
import { type Holding, measureMemory } from './memory.js';
import { createWire, STRIKES, type Stage } from './strikes.js';

export type SoakAsked = { readonly seconds: number; readonly seed: number };

export type Soaked = {
  readonly figures: Readonly<Record<string, number | string>>;
  /** Why outcomes were unknown at some time, and how many were. */
  readonly doubts: Readonly<Record<string, number>>;
  /** How often each fault was done. */
  readonly strikes: Readonly<Record<string, number>>;
  /** At minute 10, or where a third of a shorter run is over; and at the end. */
  readonly memory: {
    readonly after: number;
    readonly early: readonly Holding[];
    readonly late: readonly Holding[];
  };
  readonly broken: readonly string[];
};

const PER_SECOND = 50;
const STRIKE_EVERY_MS = 30 * SECOND;
const SETTLING_MS = 15 * MINUTE;
const OPTIONS = {
  env: { WAYBILL_SEND_TIMEOUT_MS: '3000', WAYBILL_MAX_ATTEMPTS: '100', WAYBILL_LOG_LEVEL: 'warn' },
  // A callback that met no consumer, or one without Redis, is posted again soon.
  sandbox: { latencyMs: { min: 20, max: 100 }, callbacks: { retryTimeFactor: 0.002 } },
};

/** Load for so long, a random fault each 30 seconds, and the accounting of it all at the end. */
export function soak({ seconds, seed }: SoakAsked, tell: (line: string) => void): Promise<Soaked> {
  const wire = createWire();
  return withFleet({ scale: 1, seed }, { ...OPTIONS, wire: wire.watch }, async (lab) => {
    const stage: Stage = { ...lab, wire, killed: new Set() };
    const arriving = arrive(lab, PER_SECOND);
    const { strikes, memory } = await endure(stage, seconds, tell);
    const late = measureMemory(stage);
    const planned = await arriving.stop();
    tell('the load is over: accounting');
    const verdict = await judge(lab.fleet, planned, SETTLING_MS);
    const sendAt = new Map(planned.flat().map((each) => [each.id, each.sendAt ?? 0]));
    const early = lab.fleet.sandbox
      .accepted()
      .filter(({ at, caption }) => at < (sendAt.get(caption ?? '') ?? 0));
    const backwards = verdict.views.filter(wentBack);
    const figures = {
      seconds,
      perSecond: PER_SECOND,
      deliveries: idsOf(planned).length,
      ...figuresOf(verdict),
      early: early.length,
      backwards: backwards.length,
    };
    const broken = [
      ...brokenPromises(verdict),
      ...(early.length > 0 ? [`${early.length} sent before their time`] : []),
      ...(backwards.length > 0 ? [`${backwards.length} went backwards`] : []),
      ...(await endedByThemselves(stage)),
    ];
    return { figures, doubts: doubtsOf(verdict.views), strikes, memory: { ...memory, late }, broken };
  });
}

type Endured = Pick<Soaked, 'strikes'> & { readonly memory: Omit<Soaked['memory'], 'late'> };

async function endure(stage: Stage, seconds: number, tell: (line: string) => void): Promise<Endured> {
  const begun = performance.now();
  const passed = () => performance.now() - begun;
  const measureAt = Math.min(10 * MINUTE, (seconds * SECOND) / 3);
  const strikes: Record<string, number> = {};
  let early: readonly Holding[] = [];
  for (let round = 1; round * STRIKE_EVERY_MS <= seconds * SECOND; round += 1) {
    await sleep(Math.max(0, round * STRIKE_EVERY_MS - STRIKE_EVERY_MS / 2 - passed()));
    // Where nothing has just happened to anybody.
    if (early.length === 0 && passed() >= measureAt) early = measureMemory(stage);
    const strike = STRIKES[stage.dice.between({ min: 0, max: STRIKES.length - 1 })];
    if (strike === undefined) continue;
    tell(`${Math.round(passed() / SECOND)} s: ${strike.name}`);
    await strike.run(stage);
    strikes[strike.name] = (strikes[strike.name] ?? 0) + 1;
  }
  await sleep(Math.max(0, seconds * SECOND - passed()));
  return { strikes, memory: { after: Math.round(measureAt / SECOND), early } };
}

function doubtsOf(views: readonly Delivery[]): Readonly<Record<string, number>> {
  const reasons = views.flatMap(({ timeline }) =>
    timeline.flatMap(({ status, reason }) => (status === 'unknown' ? [reason] : [])),
  );
  return Object.fromEntries(
    [...new Set(reasons)].map((word) => [word, reasons.filter((each) => each === word).length]),
  );
}

function wentBack({ timeline }: Delivery): boolean {
  const moves: readonly Status[] = timeline.map(({ status }) => status);
  return moves.some((to, index) => index > 0 && !mayMove(moves[index - 1] ?? to, to));
}

async function endedByThemselves({ fleet, killed }: Stage): Promise<readonly string[]> {
  const left = [...fleet.workers.filter(({ pid }) => !killed.has(pid)), fleet.webhooks()];
  const running = new Promise<null>((resolve) => setImmediate(resolve, null));
  const exits = await Promise.all(left.map(({ exited }) => Promise.race([exited, running])));
  const ended = exits.filter((exit) => exit !== null).length;
  return ended === 0 ? [] : [`${ended} processes ended by themselves`];
}
