import { loadScript } from '../../src/redis/script.js';
import { idsOf } from '../support/provider-truth.js';
import type { Watch } from '../support/tcp-proxy.js';
import { eventually } from '../support/wait.js';
import { underLoad } from './deploys.js';
import { type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, endedWorkers, figuresOf, judge } from './verdict.js';

/** What a load with faults calls all the time. BullMQ's own scripts are cut off as well, whatever they are. */
const MET = [
  ...['accept', 'claim', 'settle', 'postpone', 'park', 'look', 'doubt', 'asked'],
  ...['overdue', 'budget', 'backlog', 'dispatch', 'receipt', 'inbound'],
];
const BETWEEN_MS = 100;
const TIMEOUT_MS = 240_000;

export const LOST_REPLIES: Row = {
  name: 'connections break at each script call, before it or with its reply',
  promise: 'nothing lost, nothing twice, no worker ends',
  run: (asked) => {
    const wire = createBreaker(scaled(20, asked, 2));
    return withFleet(asked, { ...OPTIONS, wire: wire.watch }, async (lab) => {
      const cutAll = () => eventually(() => MET.every(wire.isDone), { timeoutMs: TIMEOUT_MS });
      const [planned, missed] = await underLoad(lab, 'load', () =>
        cutAll().then(
          () => [],
          () => MET.filter((name) => !wire.isDone(name)),
        ),
      );
      wire.stop();
      const verdict = await judge(lab.fleet, planned, 120_000);
      const figures = { ...wire.counts(), deliveries: idsOf(planned).length, ...figuresOf(verdict) };
      const unmet = missed.length === 0 ? [] : [`too few cuts at ${missed.join(', ')}`];
      return { figures, broken: [...brokenPromises(verdict), ...(await endedWorkers(lab.fleet)), ...unmet] };
    });
  },
};

/** A little of everything that a provider and its clients do, so that every script has something to say. */
const OPTIONS = {
  account: { pairBurst: 2, pairIntervalMs: 200 },
  env: { WAYBILL_CONCURRENCY: '10', WAYBILL_SEND_TIMEOUT_MS: '3000' },
  sandbox: {
    latencyMs: { min: 20, max: 60 },
    webhook: { url: 'set by the fleet', retry: 1 as const },
    callbacks: { retryTimeFactor: 0.002 },
    autoReply: { probability: 0.3 },
    faults: [
      { kind: 'fail', reason: 6, times: 'always', probability: 0.03 } as const,
      { kind: 'reset_after_accepting', times: 'always', probability: 0.03 } as const,
      { kind: 'reset_after_reading', times: 'always', probability: 0.02 } as const,
    ],
  },
};

const CALL = /evalsha\r\n\$40\r\n([0-9a-f]{40})\r\n/gi;

/** Breaks each script's connection so many times: every other time it is run first, and only its reply is lost. */
function createBreaker(times: number) {
  const cuts = new Map<string, number>();
  let readyAt = 0;
  let stopped = false;
  const cutsOf = (sha: string): number => cuts.get(sha) ?? 0;
  const watch: Watch = {
    onRequest(link, bytes) {
      if (stopped || performance.now() < readyAt) return bytes;
      const calls = [...bytes.toString('latin1').matchAll(CALL)].map(([, sha]) => sha ?? '');
      const sha = calls.find((call) => cutsOf(call) < times);
      if (sha === undefined) return bytes;
      cuts.set(sha, cutsOf(sha) + 1);
      readyAt = performance.now() + BETWEEN_MS;
      if (cutsOf(sha) % 2 === 1) {
        link.loseAnswers();
        return bytes;
      }
      link.cut();
      return null;
    },
  };
  return {
    watch: () => watch,
    stop: () => {
      stopped = true;
    },
    isDone: (name: string) => cutsOf(loadScript(name).sha) >= times,
    counts: () => ({ scripts: cuts.size, cuts: [...cuts.values()].reduce((sum, each) => sum + each, 0) }),
  };
}
