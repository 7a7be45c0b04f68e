import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInput } from '../../../sandbox/faults/fault.js';
import { SECOND } from '../../../src/domain/time.js';
import type { Child } from '../../support/child.js';
import type { Watch } from '../../support/tcp-proxy.js';
import type { Lab } from '../lab.js';

/** What is done to the fleet once in a while; over well before the next one. */
export type Strike = { readonly name: string; run(stage: Stage): Promise<void> };

export type Stage = Lab & {
  readonly wire: Wire;
  /** Processes that were killed on purpose. */
  readonly killed: Set<number>;
};

/** Longer than the fleet's lock and stalled check together. */
const FROZEN_MS = 7.5 * SECOND;
const AWAY = { min: SECOND, max: 5 * SECOND };
const ILL_MS = 8 * SECOND;
const CUT_MS = SECOND;

/** Answers after which nothing has failed for good: the message was taken or not, or has to be sent again. */
const ILLNESSES: readonly FaultInput[] = [
  { kind: 'reset_after_reading' },
  { kind: 'reset_after_accepting' },
  { kind: 'truncated_json', accept: true },
  { kind: 'hang', when: 'after_headers', accept: true },
  { kind: 'http', status: 503, accept: false },
  { kind: 'http', status: 502, accept: true },
  { kind: 'http', status: 429 },
  { kind: 'fail', reason: 6 },
];

/** The wire between fleet and Redis; while it is cut, every connection that says something is reset. */
export type Wire = { readonly watch: () => Watch; cut(ms: number): Promise<void> };

export function createWire(): Wire {
  let isCut = false;
  return {
    watch: () => ({
      onRequest(link, bytes) {
        if (!isCut) return bytes;
        link.cut();
        return null;
      },
    }),
    async cut(ms) {
      isCut = true;
      await sleep(ms);
      isCut = false;
    },
  };
}

export const STRIKES: readonly Strike[] = [
  {
    name: 'worker killed',
    async run(stage) {
      // The first one lives on, to be measured.
      const victim = drawn(stage, alive(stage).slice(1));
      stage.killed.add(victim.pid);
      victim.kill('SIGKILL');
      await stage.fleet.startWorker();
    },
  },
  {
    name: 'worker frozen',
    async run(stage) {
      const victim = drawn(stage, alive(stage));
      victim.kill('SIGSTOP');
      await sleep(FROZEN_MS);
      victim.kill('SIGCONT');
    },
  },
  {
    name: 'Redis restarted',
    async run({ redis, dice }) {
      await redis.kill('SIGKILL');
      await sleep(dice.between(AWAY));
      await redis.restart();
    },
  },
  {
    name: 'webhooks restarted',
    async run({ fleet, dice }) {
      const start = await fleet.killWebhooks();
      await sleep(dice.between(AWAY));
      await start();
    },
  },
  {
    name: 'provider ill',
    async run({ fleet: { sandbox }, dice }) {
      const illness = ILLNESSES[dice.between({ min: 0, max: ILLNESSES.length - 1 })];
      if (illness === undefined) return;
      sandbox.fault({ ...illness, on: ['sendFile'], times: 'always', probability: 0.5 });
      await sleep(ILL_MS);
      sandbox.clearFaults();
    },
  },
  { name: 'sockets cut', run: ({ wire }) => wire.cut(CUT_MS) },
];

function alive({ fleet, killed }: Stage): readonly Child[] {
  return fleet.workers.filter(({ pid }) => !killed.has(pid));
}

function drawn({ dice }: Stage, workers: readonly Child[]): Child {
  const worker = workers[dice.between({ min: 0, max: workers.length - 1 })];
  if (worker === undefined) throw new Error('no worker is there');
  return worker;
}
