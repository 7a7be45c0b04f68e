import { setTimeout as sleep } from 'node:timers/promises';
import { loadScript } from '../../src/redis/script.js';
import type { Child } from '../support/child.js';
import { idsOf } from '../support/provider-truth.js';
import { stoppedAt } from '../support/stop-before-headers.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { eventually } from '../support/wait.js';
import { underLoad } from './deploys.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, figuresOf, judge } from './verdict.js';

/** Longer than the fleet's lock and stalled check together, and than the guard and connecting. */
const FROZEN_MS = 7500;
const BETWEEN_MS = 1500;

export const FREEZES: Row = {
  name: 'a worker is frozen longer than its locks last, and goes on',
  promise:
    'at any moment, between the claim’s execution and its reply, between dispatch and headers: nothing lost, nothing twice, and what was dispatched before is not sent',
  run: (asked) =>
    withFleet(asked, { sandbox: { latencyMs: { min: 20, max: 200 } }, env: ENV }, async (lab) => {
      const [atAnyTime, atClaims, atHeaders] = [scaled(20, asked), scaled(10, asked), scaled(10, asked)];
      const [planned, [keptBackAt]] = await underLoad(lab, 'load', () =>
        Promise.all([
          freezeAtHeaders(lab, atHeaders),
          freezeAtClaims(lab, atClaims),
          freezeAtAnyTime(lab, atAnyTime),
        ]),
      );
      const verdict = await judge(lab.fleet, planned, 120_000);
      const figures = {
        atAnyTime,
        atClaims,
        atHeaders,
        keptBack: keptBackAt.length,
        deliveries: idsOf(planned).length,
        ...figuresOf(verdict),
      };
      const left = atHeaders - keptBackAt.length;
      const unguarded = left > 0 ? [`${left} left after the worker was frozen before the headers`] : [];
      return { figures, broken: [...brokenPromises(verdict), ...unguarded] };
    }),
};

const ENV = { WAYBILL_CONCURRENCY: '10', WAYBILL_SEND_TIMEOUT_MS: '3000' };

/** SIGSTOP and SIGCONT, at any moment of what one of the fleet's first workers does. */
async function freezeAtAnyTime({ fleet, dice }: Lab, cycles: number): Promise<void> {
  const workers = fleet.workers.slice(0, 2);
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await sleep(dice.between({ min: 0, max: BETWEEN_MS }));
    const worker = workers[dice.between({ min: 0, max: workers.length - 1 })];
    worker?.kill('SIGSTOP');
    await sleep(FROZEN_MS);
    worker?.kill('SIGCONT');
  }
}

/** A worker of its own wire to Redis, on which the claim's answer is kept until the worker has been frozen. */
async function freezeAtClaims({ fleet, redis, dice }: Lab, cycles: number): Promise<void> {
  const { sha } = loadScript('claim');
  let frozen: (() => void) | null = null;
  let wanted = false;
  const worker: { child: Child | undefined } = { child: undefined };
  const proxy = await startTcpProxy(redis.port, () => ({
    onRequest(link, bytes) {
      if (wanted && bytes.includes(sha)) {
        wanted = false;
        frozen = link.holdAnswers();
        worker.child?.kill('SIGSTOP');
      }
      return bytes;
    },
  }));
  try {
    worker.child = await fleet.startWorker({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await sleep(dice.between({ min: 0, max: BETWEEN_MS }));
      wanted = true;
      const release = await eventually(() => frozen, { timeoutMs: 60_000, what: 'A claim' });
      frozen = null;
      await sleep(FROZEN_MS);
      release();
      worker.child.kill('SIGCONT');
    }
    await worker.child.close();
  } finally {
    worker.child?.kill('SIGCONT');
    await proxy.close();
  }
}

/** A worker that stops itself between dispatch and headers; returns the captions of what it was about to send. */
async function freezeAtHeaders({ fleet }: Lab, cycles: number): Promise<readonly string[]> {
  const child = await fleet.startWorker({ TEST_STOP_ONE_IN: '20' });
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const what = 'A stop before the headers';
    await eventually(() => stoppedAt(child.output()).length >= cycle, { timeoutMs: 60_000, what });
    await sleep(FROZEN_MS);
    child.kill('SIGCONT');
  }
  const captions = stoppedAt(child.output()).slice(0, cycles);
  // It may have stopped itself once more before it told.
  const told = () => {
    child.kill('SIGCONT');
    return captions.every((caption) => keptBack(child, caption));
  };
  await eventually(told, { timeoutMs: 20_000 }).catch(() => undefined);
  child.kill('SIGKILL');
  return captions.filter((caption) => keptBack(child, caption));
}

/** Whether this worker tells that its own guard kept an attempt back. */
function keptBack(child: Child, caption: string): boolean {
  const lines = child.output().split('\n');
  return lines.some((line) => line.includes(`"${caption}"`) && line.includes('"reason":"stale"'));
}
