import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError, type Waybill } from '../../src/index.js';
import type { PlannedConversation, PlannedDelivery } from './conversations.js';

/** So many conversations of one producer grow at once. */
const PARALLEL = 8;
const RETRY_MS = 50;

/** Enqueues as an app would: one client's files one after the other, many clients at once, again when Redis is away. */
export async function produce(
  waybill: Waybill,
  conversations: readonly PlannedConversation[],
): Promise<void> {
  const left = [...conversations];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      for (const delivery of next) await enqueue(waybill, delivery);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

/** An answer that got lost in an outage may have been an acceptance: the same id makes asking again safe. */
async function enqueue(waybill: Waybill, delivery: PlannedDelivery): Promise<void> {
  const fileUrl = `https://files.example.com/${delivery.id}.pdf`;
  for (;;) {
    try {
      await waybill.enqueue({ ...delivery, fileUrl, caption: delivery.id });
      return;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      await sleep(RETRY_MS);
    }
  }
}
