import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../src/domain/time.js';
import { type PlannedConversation, planConversations } from '../support/conversations.js';
import { produce } from '../support/produce.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, figuresOf, judge } from './verdict.js';

const BATCH = 300;
/** No more than this waits to be sent. */
const BACKLOG = 400;

export const DEPLOYS: Row = {
  name: 'rolling deploys by SIGTERM under load',
  promise: 'nothing lost, nothing twice, none unknown, every exit with code 0',
  run: (asked) =>
    withFleet(asked, { sandbox: { latencyMs: { min: 20, max: 250 } } }, async (lab) => {
      const deploys = scaled(20, asked, 2);
      const [planned, badExits] = await underLoad(lab, 'load', () => deploy(lab, deploys));
      const verdict = await judge(lab.fleet, planned, 60_000);
      const { unknown } = verdict;
      const figures = { deploys, deliveries: planned.flat().length, ...figuresOf(verdict), badExits };
      const broken = [
        ...brokenPromises(verdict),
        ...(unknown > 0 ? [`${unknown} unknown`] : []),
        ...(badExits > 0 ? [`${badExits} workers did not end well`] : []),
      ];
      return { figures, broken };
    }),
};

/** Enqueues, as fast as it is sent (in a short form 300 a second at most), while the work goes on; `name` makes the ids of this load its own. */
export async function underLoad<T>(
  { fleet, dice, isShort }: Pick<Lab, 'fleet' | 'dice' | 'isShort'>,
  name: string,
  work: () => Promise<T>,
): Promise<[readonly PlannedConversation[], T]> {
  const planned: PlannedConversation[] = [];
  const before = fleet.sandbox.counts().accepted;
  const acceptedSince = () => fleet.sandbox.counts().accepted - before;
  let done = false;
  const load = async (): Promise<void> => {
    for (let batch = 0; !done; batch += 1) {
      // Each batch has clients, and so ids, of its own, and those of an earlier load were fewer than its messages.
      const clientsFrom = 972_500_000_000 + (before + batch) * BATCH;
      const plan = { deliveries: BATCH, conversations: BATCH / 3, clientsFrom };
      const next = planConversations(plan, dice).map((deliveries) =>
        deliveries.map((delivery) => ({ ...delivery, id: `${name}-${batch}-${delivery.id}` })),
      );
      planned.push(...next);
      await produce(fleet.waybill, next);
      if (isShort) await sleep(SECOND);
      while (!done && planned.flat().length - acceptedSince() > BACKLOG) await sleep(20);
    }
  };
  const ended = async (): Promise<T> => {
    try {
      return await work();
    } finally {
      done = true;
    }
  };
  const [, result] = await Promise.all([load(), ended()]);
  return [planned, result];
}

/** One new worker, then the oldest is told to end; returns how many ended otherwise than they should. */
async function deploy({ fleet }: Lab, times: number): Promise<number> {
  let bad = 0;
  for (let index = 0; index < times; index += 1) {
    await fleet.startWorker();
    const oldest = fleet.workers[index];
    oldest?.kill('SIGTERM');
    const exit = await oldest?.exited;
    if (exit?.code !== 0) bad += 1;
  }
  return bad;
}
