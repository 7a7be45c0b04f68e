import { setTimeout as sleep } from 'node:timers/promises';
import { planConversations } from '../support/conversations.js';
import { produce } from '../support/produce.js';
import { eventually } from '../support/wait.js';
import { underLoad } from './deploys.js';
import { type Lab, type Result, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, endedWorkers, judge, type Verdict } from './verdict.js';

const SECONDS = [1, 3, 6, 12, 30, 120];
const RESUMES_WITHIN_S = 3;
const CALLBACKS_MS = 120_000;

export const OUTAGES: Row = {
  name: 'Redis is away for 1 to 120 s, idle and busy',
  promise: `nothing lost, nothing twice, the next message within ${RESUMES_WITHIN_S} s of its return, no worker ends`,
  run: (asked) =>
    withFleet(
      asked,
      { sandbox: { latencyMs: { min: 20, max: 100 }, ...RETRIED }, workers: 2 },
      async (lab) => {
        const lengths = SECONDS.slice(0, scaled(SECONDS.length, asked, 1));
        const figures: Record<string, number> = {};
        const verdicts: Verdict[] = [];
        for (const [index, seconds] of lengths.entries()) {
          const one = planConversations(
            { deliveries: 5, conversations: 5, from: 'shop', clientsFrom: 972_510_000_000 + index * 10 },
            lab.dice,
          ).map((own) => own.map((delivery) => ({ ...delivery, id: `idle-${seconds}-${delivery.id}` })));
          figures[`idle ${seconds} s`] = await outage(lab, seconds, () => produce(lab.fleet.waybill, one));
          verdicts.push(await judge(lab.fleet, one, 60_000));
        }
        for (const seconds of lengths) {
          const [planned, resumed] = await underLoad(lab, `busy-${seconds}`, () => outage(lab, seconds));
          figures[`busy ${seconds} s`] = resumed;
          verdicts.push(await judge(lab.fleet, planned, 120_000));
          // Posted again and again, ever later: what came at the wrong time of an outage takes as long again.
          if (seconds !== lengths.at(-1)) await lab.fleet.sandbox.idle({ timeoutMs: CALLBACKS_MS });
        }
        const { figures: told, broken } = verdictOf(figures, verdicts);
        return { figures: told, broken: [...broken, ...(await endedWorkers(lab.fleet))] };
      },
    ),
};

/** A callback that met no Redis is posted again soon. */
const RETRIED = {
  webhook: { url: 'set by the fleet', retry: 1 as const },
  callbacks: { retryTimeFactor: 0.002 },
};

/** Takes Redis away; returns the seconds from its return to the next message that the provider takes. */
async function outage(
  { redis, fleet }: Lab,
  seconds: number,
  onReturn?: () => Promise<void>,
): Promise<number> {
  await sleep(1000);
  await redis.kill('SIGKILL');
  await sleep(seconds * 1000);
  await redis.restart();
  const [backAt, before] = [performance.now(), fleet.sandbox.counts().accepted];
  const work = onReturn?.();
  await eventually(() => fleet.sandbox.counts().accepted > before, { timeoutMs: 60_000 });
  const resumed = (performance.now() - backAt) / 1000;
  await work;
  return Math.round(resumed * 100) / 100;
}

function verdictOf(figures: Readonly<Record<string, number>>, verdicts: readonly Verdict[]): Result {
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((all, verdict) => all + of(verdict), 0);
  const late = Object.entries(figures).filter(([, resumed]) => resumed > RESUMES_WITHIN_S);
  return {
    figures: {
      ...figures,
      deliveries: sum(({ views }) => views.length),
      lost: sum(({ lost }) => lost),
      twice: sum(({ twice }) => twice),
      unknown: sum(({ unknown }) => unknown),
      wrong: sum(({ wrong }) => wrong),
      billed: sum(({ billed }) => billed),
      billedUnknown: sum(({ billedUnknown }) => billedUnknown),
      ledgerOff: sum(({ ledgerOff }) => ledgerOff),
    },
    broken: [...verdicts.flatMap(brokenPromises), ...late.map(([which]) => `${which}: resumed late`)],
  };
}
