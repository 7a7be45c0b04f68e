import { setTimeout as sleep } from 'node:timers/promises';
import { reached } from '../../src/domain/status.js';
import { type Delivery, NotFoundError, type Waybill } from '../../src/index.js';
import { startCluster } from '../support/cluster.js';
import { idsOf } from '../support/provider-truth.js';
import { startSentinels } from '../support/sentinels.js';
import type { Topology } from '../support/topology.js';
import { eventually } from '../support/wait.js';
import { underLoad } from './deploys.js';
import { type Asked, type Result, type Row, scaled } from './lab.js';
import { DOWN_AFTER_MS, type FailoverLab, resumed, SHOPS_KEY, withTopology } from './topologies.js';
import { takenBy } from './verdict.js';

const BEHIND_MS = 500;
/** What a busy machine adds to it. */
const MARGIN_MS = 500;
/** A claim is good for two seconds, and the provider takes its time. */
const STILL_SENT_MS = 3000;
const SETTLING_MS = 120_000;
const PROMISE = `what happened in the ${BEHIND_MS} ms before the master died may be forgotten, which may send a file twice; nothing earlier is`;
const LATE = { downAfterMs: DOWN_AFTER_MS, replicationDelayMs: BEHIND_MS };

export const LATE_SENTINEL: Row = {
  name: `the master behind sentinels is killed while its replica is ${BEHIND_MS} ms behind`,
  promise: PROMISE,
  onlyInFull: true,
  run: (asked) => run(asked, () => startSentinels(LATE), 0),
};

export const LATE_AND_AWAITED: Row = {
  name: `the same, where nothing counts before the replica knows of it`,
  promise: 'nothing lost, nothing twice; while there is no replica, nothing is sent',
  onlyInFull: true,
  run: async (asked) => {
    const { broken, ...result } = await run(asked, () => startSentinels(LATE), 1);
    const forgotten = result.listed?.length ?? 0;
    return { ...result, broken: forgotten > 0 ? [...broken, `${forgotten} lost or twice`] : broken };
  },
};

export const LATE_CLUSTER: Row = {
  name: `a master of a cluster is killed while its replica is ${BEHIND_MS} ms behind`,
  promise: PROMISE,
  onlyInFull: true,
  run: (asked) => run(asked, () => startCluster(LATE), 0),
};

function run(asked: Asked, start: () => Promise<Topology>, waitReplicas: 0 | 1): Promise<Result> {
  const env = { REDIS_WAIT_REPLICAS: String(waitReplicas) };
  return withTopology({ ...asked, env }, start, async (lab) => {
    const takenAt = new Map<string, number>();
    const noted = { ...lab, fleet: { ...lab.fleet, waybill: noting(lab.fleet.waybill, takenAt) } };
    const [planned, strikes] = await underLoad(noted, 'load', () =>
      strike(lab, scaled(3, asked), waitReplicas),
    );
    const { views, stuck } = await settled(lab, idsOf(planned));
    const told = compare(lab, { views, takenAt, strikes });
    const seconds = strikes.map(({ resumedAfter }) => resumedAfter);
    const figures = {
      kills: strikes.length,
      resumedAfter: `${Math.min(...seconds)}–${Math.max(...seconds)} s`,
      deliveries: views.size,
      ...told.figures,
    };
    return { figures, listed: told.listed, broken: [...told.broken, ...stuck] };
  });
}

/** The same, and when each acceptance was told. */
function noting(waybill: Waybill, takenAt: Map<string, number>): Waybill {
  return {
    ...waybill,
    async enqueue(request) {
      const answer = await waybill.enqueue(request);
      takenAt.set(answer.id, Date.now());
      return answer;
    },
  };
}

type Strike = { readonly at: number; readonly resumedAfter: number };

async function strike(lab: FailoverLab, times: number, waitReplicas: 0 | 1): Promise<readonly Strike[]> {
  const strikes: Strike[] = [];
  for (let index = 0; index < times; index += 1) {
    await sleep(lab.dice.between({ min: 1500, max: 2500 }));
    const at = Date.now();
    await lab.topology.strike('SIGKILL', SHOPS_KEY);
    // Where the replica is waited for, nothing is sent before there is one again.
    if (waitReplicas > 0) await lab.topology.heal();
    strikes.push({ at, resumedAfter: await resumed(lab, at) });
    await lab.topology.heal();
  }
  return strikes;
}

type Views = ReadonlyMap<string, Delivery | null>;

/** Waits until every delivery is accepted, unknown or forgotten; `stuck` are those that are not. */
async function settled({ fleet: { waybill } }: FailoverLab, ids: readonly string[]) {
  const views = new Map<string, Delivery | null>();
  const open = new Map<string, Delivery>();
  const isDone = async () => {
    for (const id of ids.filter((each) => !views.has(each))) {
      const view = await find(waybill, id);
      const isOpen = view !== null && !reached(view.status, 'accepted') && view.status !== 'unknown';
      if (isOpen) open.set(id, view);
      else views.set(id, view);
    }
    return views.size === ids.length;
  };
  await eventually(isDone, { timeoutMs: SETTLING_MS }).catch(() => undefined);
  const stuck = [...open.values()].filter(({ id }) => !views.has(id));
  return { views, stuck: stuck.map(({ id, status, reason }) => `${id} stays ${status} (${reason})`) };
}

async function find(waybill: Waybill, id: string): Promise<Delivery | null> {
  try {
    return await waybill.get(id);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

type Compared = {
  readonly views: Views;
  readonly takenAt: ReadonlyMap<string, number>;
  readonly strikes: readonly Strike[];
};

function compare({ fleet: { sandbox } }: FailoverLab, { views, takenAt, strikes }: Compared) {
  const accepted = sandbox.accepted();
  const taken = takenBy(accepted);
  const firstAt = new Map([...accepted].reverse().map(({ caption, at }) => [caption ?? '', at]));
  /** How long before the next strike; null when none came. */
  const before = (at: number | undefined): number => {
    const next = strikes.find((each) => at !== undefined && at <= each.at + STILL_SENT_MS);
    return next === undefined || at === undefined ? Number.POSITIVE_INFINITY : next.at - at;
  };
  const forgotten = [...views].filter(([, view]) => view === null).map(([id]) => id);
  const lost = forgotten.filter((id) => !taken.has(id));
  const twice = [...taken].filter(([, uniques]) => uniques.length > 1).map(([id]) => id);
  const allowed = BEHIND_MS + MARGIN_MS;
  const early = [
    ...forgotten.filter((id) => before(takenAt.get(id)) > allowed),
    ...twice.filter((id) => before(firstAt.get(id)) > allowed),
  ];
  return {
    figures: { lost: lost.length, sentAndForgotten: forgotten.length - lost.length, twice: twice.length },
    listed: [
      ...forgotten.map((id) => {
        const end = lost.includes(id) ? 'never sent' : 'sent';
        return `\`${id}\`: taken ${away(before(takenAt.get(id)))}, forgotten, ${end}`;
      }),
      ...twice.map((id) => `\`${id}\`: sent ${away(before(firstAt.get(id)))}, and again`),
    ],
    broken: early.map((id) => `${id} is older than what may be forgotten`),
  };
}

/** What was claimed before may reach the provider a moment after. */
function away(ms: number): string {
  return `${Math.abs(ms)} ms ${ms < 0 ? 'after' : 'before'} the master died`;
}
