import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../../src/domain/time.js';
import { type PlannedConversation, planConversations } from '../../support/conversations.js';
import { produce } from '../../support/produce.js';
import type { Lab } from '../lab.js';

/** So many seconds go by until a client is written to again. */
const SECONDS_APART = 20;
const CLIENTS_FROM = 972_560_000_000;
/** One in so many is for later. */
const ONE_FOR_LATER_IN = 10;
const LATER = { min: 2 * SECOND, max: 20 * SECOND };

/** So many new deliveries each second, to clients who come round again and again, until stopped. */
export function arrive({ fleet, dice }: Pick<Lab, 'fleet' | 'dice'>, perSecond: number) {
  const conversations = Math.ceil(perSecond / 2);
  const planned: PlannedConversation[] = [];
  const producing: Promise<void>[] = [];
  const begun = performance.now();
  let stopped = false;

  function planSecond(second: number): readonly PlannedConversation[] {
    const clientsFrom = CLIENTS_FROM + (second % SECONDS_APART) * conversations;
    const plan = planConversations({ deliveries: perSecond, conversations, clientsFrom }, dice);
    return plan.map((own) =>
      own.map((delivery) => {
        const isForLater = dice.between({ min: 1, max: ONE_FOR_LATER_IN }) === 1;
        const later = isForLater ? { sendAt: Date.now() + dice.between(LATER) } : {};
        return { ...delivery, id: `${second}-${delivery.id}`, ...later };
      }),
    );
  }

  async function run(): Promise<void> {
    for (let second = 0; !stopped; second += 1) {
      const next = planSecond(second);
      planned.push(...next);
      // Not awaited: while Redis is away, those of the next second come all the same.
      producing.push(produce(fleet.waybill, next));
      await sleep(Math.max(0, begun + (second + 1) * SECOND - performance.now()));
    }
    await Promise.all(producing);
  }

  const running = run();
  return {
    /** All that was enqueued, once the last of it is. */
    async stop(): Promise<readonly PlannedConversation[]> {
      stopped = true;
      await running;
      return planned;
    },
  };
}
