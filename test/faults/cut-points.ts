import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../sandbox/dice.js';
import { type PlannedConversation, planConversations } from '../support/conversations.js';
import { produce } from '../support/produce.js';
import { idsOf } from '../support/provider-truth.js';
import { startTcpProxy, type Watch } from '../support/tcp-proxy.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { brokenPromises, figuresOf, judge } from './verdict.js';

const ACCOUNTS = 20;
const BATCH = 200;
/** No more than this is on its way. */
const BACKLOG = 100;
/** Of a connection, until it is cut: a request and its answer have some 400 bytes each. */
const LONGEST_BYTES = 2500;

export const CUT_POINTS: Row = {
  name: 'the wire to the provider is cut after random numbers of bytes',
  promise: 'nothing lost, nothing twice, nothing called not sent that the provider has read',
  run: async (asked) => {
    const cuts = createCuts(scaled(1000, asked));
    const accounts = scaled(ACCOUNTS, asked, 4);
    // The port is known only when the sandbox listens, and the proxy only when the port is known.
    const proxy = await startTcpProxy(
      () => cuts.target(),
      () => cuts.watch(),
    );
    const providerUrl = (url: string): string => {
      cuts.aim(Number(new URL(url).port));
      return url.replace(/:\d+/, `:${proxy.port}`);
    };
    try {
      return await withFleet(asked, { accounts, env: ENV, providerUrl }, async (lab) => {
        cuts.begin(lab.dice);
        const planned = await load(lab, cuts.isDone, cuts.done);
        const verdict = await judge(lab.fleet, planned, 120_000);
        const figures = { ...cuts.figures(), deliveries: idsOf(planned).length, ...figuresOf(verdict) };
        return { figures, broken: brokenPromises(verdict) };
      });
    } finally {
      await proxy.close();
    }
  },
};

const ENV = { WAYBILL_CONCURRENCY: '5', WAYBILL_SEND_TIMEOUT_MS: '4000' };

/** Deliveries to clients of their own, as many as it takes. */
async function load(
  { fleet, dice }: Lab,
  isDone: () => boolean,
  cuts: () => number,
): Promise<readonly PlannedConversation[]> {
  const planned: PlannedConversation[] = [];
  const met = () =>
    fleet.sandbox.requests().filter(({ endpoint }) => endpoint === 'sendFile').length + cuts();
  for (let batch = 0; !isDone(); batch += 1) {
    const from = fleet.froms[batch % fleet.froms.length] ?? '';
    const clientsFrom = 972_530_000_000 + batch * BATCH;
    const next = planConversations({ deliveries: BATCH, conversations: BATCH, from, clientsFrom }, dice).map(
      (own) => own.map((delivery) => ({ ...delivery, id: `${batch}-${delivery.id}` })),
    );
    planned.push(...next);
    await produce(fleet.waybill, next);
    while (!isDone() && planned.length - met() > BACKLOG) await sleep(20);
  }
  return planned;
}

/** Cuts connections until there were enough: in a request or in an answer, with or without its last bytes' arrival. */
function createCuts(wanted: number) {
  let dice: Dice | null = null;
  let target = 0;
  const counts = { inRequests: 0, inAnswers: 0 };
  const done = (): number => counts.inRequests + counts.inAnswers;

  function watch(): Watch {
    if (dice === null) return {};
    const inRequests = dice.chance(0.5);
    const gently = dice.chance(0.5);
    let left = dice.between({ min: 0, max: LONGEST_BYTES });
    const part = (bytes: Buffer, cut: () => void): Buffer => {
      const passed = bytes.subarray(0, left);
      left -= bytes.length;
      if (left >= 0 || done() >= wanted) return bytes;
      counts[inRequests ? 'inRequests' : 'inAnswers'] += 1;
      cut();
      return passed;
    };
    if (inRequests)
      return {
        onRequest: (link, bytes) => part(bytes, () => (gently ? link.loseAnswers() : setImmediate(link.cut))),
      };
    return { onAnswer: (link, bytes) => part(bytes, () => setImmediate(gently ? link.end : link.cut)) };
  }

  return {
    watch,
    target: () => target,
    aim: (port: number) => {
      target = port;
    },
    begin: (drawn: Dice) => {
      dice = drawn;
    },
    done,
    isDone: () => done() >= wanted,
    figures: () => ({ cuts: done(), ...counts }),
  };
}
