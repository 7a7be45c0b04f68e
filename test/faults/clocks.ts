import { reached } from '../../src/domain/status.js';
import { SECOND } from '../../src/domain/time.js';
import { planConversations } from '../support/conversations.js';
import { allOf } from '../support/fleet.js';
import { idsOf } from '../support/provider-truth.js';
import { type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, figuresOf, judge } from './verdict.js';

const OFFSETS_MS = [3_600_000, -3_600_000];

export const CLOCKS: Row = {
  name: 'one worker’s clock is an hour ahead, one an hour behind',
  promise: 'nothing lost, nothing twice, nothing sent before its time, none expired',
  run: (asked) =>
    withFleet(asked, { sandbox: { latencyMs: { min: 20, max: 100 } }, workers: 1 }, async (lab) => {
      const { waybill, sandbox, startWorker } = lab.fleet;
      for (const offset of OFFSETS_MS) await startWorker({ TEST_CLOCK_OFFSET_MS: String(offset) });
      const deliveries = scaled(1000, asked, 60);
      const planned = planConversations({ deliveries, conversations: deliveries }, lab.dice);
      const sendAt = new Map<string, number>();
      for (const { id, to, from } of planned.flat()) {
        const at = Date.now() + lab.dice.between({ min: 0, max: 8 * SECOND });
        sendAt.set(id, at);
        await waybill.enqueue({
          from,
          id,
          to,
          fileUrl: FILE,
          caption: id,
          sendAt: new Date(at).toISOString(),
        });
      }
      const views = await allOf(waybill, idsOf(planned), {
        until: ({ status }) => reached(status, 'accepted') || status === 'expired' || status === 'failed',
        timeoutMs: 90_000,
      });
      const expired = views.filter(({ status }) => status === 'expired' || status === 'failed').length;
      const early = sandbox
        .accepted()
        .filter(({ caption, at }) => at < (sendAt.get(caption ?? '') ?? 0)).length;
      const lateMs = Math.max(
        ...sandbox.accepted().map(({ caption, at }) => at - (sendAt.get(caption ?? '') ?? at)),
      );
      const verdict = await judge(lab.fleet, planned, 60_000);
      const latestSeconds = Math.round(lateMs / 100) / 10;
      return {
        figures: { deliveries, ...figuresOf(verdict), early, expired, latestSeconds },
        broken: [
          ...brokenPromises(verdict),
          ...(early > 0 ? [`${early} sent before their time`] : []),
          ...(expired > 0 ? [`${expired} ended unsent`] : []),
        ],
      };
    }),
};

const FILE = 'https://files.example.com/invoice.pdf';
