import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../support/cluster.js';
import { startSentinels } from '../support/sentinels.js';
import type { Topology } from '../support/topology.js';
import { underLoad } from './deploys.js';
import { type Asked, type Result, type Row, scaled } from './lab.js';
import { DOWN_AFTER_MS, type FailoverLab, KEYS, resumed, SHOPS_KEY, withTopology } from './topologies.js';
import { brokenPromises, cutOffWorkers, endedWorkers, figuresOf, judge } from './verdict.js';

type Plan = {
  /** Whose masters are struck in turn. */
  readonly keys: readonly string[];
  /** Whether each strike cuts every connection. */
  readonly cutsAll: boolean;
  readonly resumesWithinS: number;
};
const DETECTED_AFTER_S = DOWN_AFTER_MS / 1000;
const SENTINEL_PLAN = { keys: [SHOPS_KEY], cutsAll: true, resumesWithinS: DETECTED_AFTER_S + 5 };
const CLUSTER_PLAN = { keys: KEYS, cutsAll: false, resumesWithinS: DETECTED_AFTER_S + 10 };

const promiseOf = ({ resumesWithinS }: Plan) =>
  `nothing lost, nothing twice, no worker ends, sends resume within ${resumesWithinS} s (detection takes ${DETECTED_AFTER_S})`;

export const SENTINEL_FAILOVERS: Row = {
  name: 'the master behind sentinels is killed again and again, and frozen once',
  promise: promiseOf(SENTINEL_PLAN),
  run: (asked) => run(asked, () => startSentinels({ downAfterMs: DOWN_AFTER_MS }), SENTINEL_PLAN),
};

export const CLUSTER_FAILOVERS: Row = {
  name: 'masters of a cluster are killed one after the other, and one is frozen',
  promise: promiseOf(CLUSTER_PLAN),
  run: (asked) => run(asked, () => startCluster({ downAfterMs: DOWN_AFTER_MS }), CLUSTER_PLAN),
};

function run(
  asked: Asked,
  start: () => Promise<Topology>,
  { keys, cutsAll, resumesWithinS }: Plan,
): Promise<Result> {
  return withTopology(asked, start, async (lab) => {
    const [kills, freezes] = [scaled(10, asked), scaled(1, asked, 0)];
    const [planned, seconds] = await underLoad(lab, 'load', () => strike(lab, { kills, freezes, keys }));
    const verdict = await judge(lab.fleet, planned, 120_000);
    const slowest = Math.max(...seconds);
    const resumedAfter = `${Math.min(...seconds)}–${slowest} s`;
    const figures = {
      kills,
      freezes,
      resumedAfter,
      deliveries: planned.flat().length,
      ...figuresOf(verdict),
    };
    // The short form may run on a machine that has no time for anybody.
    const late = asked.scale >= 1 && slowest > resumesWithinS ? ['sends resumed late'] : [];
    const cutOff = await cutOffWorkers(lab.fleet, cutsAll ? kills + freezes : 0);
    const ended = await endedWorkers(lab.fleet);
    return { figures, broken: [...brokenPromises(verdict), ...ended, ...cutOff, ...late] };
  });
}

type Strikes = { readonly kills: number; readonly freezes: number; readonly keys: readonly string[] };

/** The masters that have these keys in turn; returns how long each strike at the shop's own kept it from sending. */
async function strike(lab: FailoverLab, { kills, freezes, keys }: Strikes): Promise<readonly number[]> {
  const { topology, dice } = lab;
  const seconds: number[] = [];
  for (let index = 0; index < kills + freezes; index += 1) {
    await topology.heal();
    await sleep(dice.between({ min: 500, max: 1500 }));
    const isFreeze = index >= kills;
    const key = isFreeze ? SHOPS_KEY : (keys[index % keys.length] ?? SHOPS_KEY);
    const struckAt = Date.now();
    await topology.strike(isFreeze ? 'SIGSTOP' : 'SIGKILL', key);
    const untilNext = await resumed(lab, struckAt);
    if (key === SHOPS_KEY) seconds.push(untilNext);
  }
  return seconds;
}
