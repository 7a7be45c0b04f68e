import { setTimeout as sleep } from 'node:timers/promises';
import { planConversations } from '../support/conversations.js';
import { produce } from '../support/produce.js';
import { compareWithBill } from './bill.js';
import { killEachSecond } from './kills.js';
import { type Row, scaled, withFleet } from './lab.js';

export const BUDGET: Row = {
  name: 'a budget of sessions, with kills',
  promise: 'never more sessions than the budget, and every one of them used or kept for an unknown outcome',
  run: (asked) => {
    const limit = scaled(100, asked, 20);
    const account = { budget: { perDay: limit, timeZone: 'UTC' } };
    const env = { WAYBILL_CONCURRENCY: '5', WAYBILL_SEND_TIMEOUT_MS: '3000' };
    return withFleet(asked, { account, env, sandbox: { latencyMs: { min: 200, max: 500 } } }, async (lab) => {
      const { waybill, sandbox } = lab.fleet;
      const conversations = limit * 10;
      const planned = planConversations({ deliveries: conversations, conversations }, lab.dice);
      const killing = killEachSecond(lab);
      await produce(waybill, planned);
      for (const end = Date.now() + 3000 + limit * 100; Date.now() < end; ) await sleep(100);
      const { kills } = await killing.stop();

      const ids = planned.flat().map(({ id }) => id);
      const readUntilStill = async () => {
        const views = [];
        for (const id of ids) views.push(await waybill.get(id));
        const taken = new Set(sandbox.accepted().map(({ caption }) => caption));
        const kept = views.filter(({ id, status }) => status === 'unknown' && !taken.has(id)).length;
        const sending = views.filter(({ status }) => status === 'sending').length;
        return { views, kept, sending, opened: sandbox.bill().length };
      };
      let seen = await readUntilStill();
      for (const end = Date.now() + 60_000; Date.now() < end && seen.opened + seen.kept < limit; ) {
        await sleep(1000);
        seen = await readUntilStill();
      }
      const ledgered = await compareWithBill(lab.fleet, seen.views);
      const { opened, kept } = seen;
      const figures = { limit, conversations, kills, opened, keptForUnknown: kept, ...ledgered };
      const broken = [
        ...(seen.opened > limit ? ['the budget was exceeded'] : []),
        ...(ledgered.ledgerOff > 0 ? ['the ledger is not the bill'] : []),
        ...(seen.opened + seen.kept < limit ? ['a part of the budget was neither used nor kept'] : []),
      ];
      return { figures, broken };
    });
  },
};
