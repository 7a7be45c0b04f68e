import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../src/domain/time.js';
import { planConversations } from '../support/conversations.js';
import { produce } from '../support/produce.js';
import { idsOf } from '../support/provider-truth.js';
import { eventually } from '../support/wait.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, figuresOf, judge } from './verdict.js';

const DOWN_SECONDS = 300;
/** The account's limit, and how many come each second. */
const RATE = 40;
const ARRIVALS = 20;
const MOST_EXTRA = 0.1;
const BURST = 1.2;
/** What came while this process, the provider's, stood still is seen at once thereafter: told beside the figure. */
const LAG_RESOLUTION_MS = 20;

export const PROVIDER_DOWN: Row = {
  name: 'the provider refuses everything for 5 minutes',
  promise:
    'less than 10 % of what would have been sent meanwhile is sent, then no second has more than 1.2 × the account’s rate; nothing lost, nothing twice',
  run: (asked) =>
    withFleet(asked, { workers: 2, account: { ratePerSecond: RATE }, sandbox: SANDBOX }, async (lab) => {
      const seconds = scaled(DOWN_SECONDS, asked, 10);
      const { sandbox } = lab.fleet;
      const arriving = arrive(lab);
      await eventually(() => sandbox.counts().accepted > ARRIVALS, { timeoutMs: 60_000 });
      for (const fault of REFUSALS) sandbox.fault(fault);
      const downAt = sandbox.now();
      await sleep(seconds * SECOND);
      sandbox.clearFaults();
      const upAt = sandbox.now();
      const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
      lag.enable();
      const recoveredAt = await firstAccepted(lab, upAt);
      const planned = await arriving.stop();
      const verdict = await judge(lab.fleet, planned, (seconds + 120) * SECOND);
      lag.disable();

      const whileDown = sends(lab).filter((at) => at >= downAt && at < upAt).length;
      const extra = whileDown / (seconds * ARRIVALS);
      const busiest = busiestSecond(sends(lab).filter((at) => at >= upAt));
      const stoodStillMs = Math.max(0, Math.round(lag.max / 1e6) - 2 * LAG_RESOLUTION_MS);
      const figures = {
        downSeconds: seconds,
        arrivalsPerSecond: ARRIVALS,
        postsWhileDown: whileDown,
        extraLoad: `${Math.round(extra * 1000) / 10} %`,
        upAfterSeconds: Math.round((recoveredAt - upAt) / 100) / 10,
        ratePerSecond: RATE,
        busiestSecond: busiest,
        stoodStillMs,
        deliveries: idsOf(planned).length,
        ...figuresOf(verdict),
      };
      const broken = [
        ...brokenPromises(verdict),
        ...(extra > MOST_EXTRA ? ['too much was sent to a provider that is down'] : []),
        ...(busiest > RATE * BURST ? ['a burst after its return'] : []),
      ];
      return { figures, broken };
    }),
};

const SANDBOX = { latencyMs: { min: 20, max: 60 } };
/** Clear refusals, which are tried again, and answers that say nothing, which are not. */
const REFUSALS = [
  { kind: 'http', status: 429, times: 'always', probability: 0.7 } as const,
  { kind: 'http', status: 503, times: 'always' } as const,
];

/** So many new conversations each second, until stopped. */
function arrive({ fleet, dice }: Lab) {
  const deliveries = ARRIVALS / 4;
  const planned: ReturnType<typeof planConversations> = [];
  const begun = performance.now();
  let stopped = false;
  const run = async (): Promise<void> => {
    for (let batch = 0; !stopped; batch += 1) {
      const clientsFrom = 972_540_000_000 + batch * deliveries;
      const next = planConversations({ deliveries, conversations: deliveries, clientsFrom }, dice).map(
        (own) => own.map((delivery) => ({ ...delivery, id: `${batch}-${delivery.id}` })),
      );
      planned.push(...next);
      await produce(fleet.waybill, next);
      await sleep(Math.max(0, begun + (batch + 1) * (SECOND / 4) - performance.now()));
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
      return planned;
    },
  };
}

/** When each POST came in. */
function sends({ fleet }: Lab): readonly number[] {
  return fleet.sandbox.requests().flatMap(({ endpoint, at }) => (endpoint === 'sendFile' ? at : []));
}

async function firstAccepted({ fleet }: Lab, since: number): Promise<number> {
  const first = () => fleet.sandbox.accepted().find(({ at }) => at >= since)?.at;
  return eventually(first, { timeoutMs: 120_000, what: 'The first delivery after its return' });
}

function busiestSecond(times: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const at of times) {
    const second = Math.floor(at / SECOND);
    counts.set(second, (counts.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
