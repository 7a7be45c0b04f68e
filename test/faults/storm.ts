import { setTimeout as sleep } from 'node:timers/promises';
import Redis from 'ioredis';
import { createDice } from '../../sandbox/dice.js';
import { readEvents } from '../../src/redis/events.js';
import { accountKeys } from '../../src/redis/keys.js';
import { planConversations } from '../support/conversations.js';
import { allOf } from '../support/fleet.js';
import { produce } from '../support/produce.js';
import { PLAIN } from '../support/sealing.js';
import { FROM, startStack } from '../support/stack.js';
import { type Endpoint, loadBefore, quantile, takenBy, withEndpoint } from './endpoint.js';
import { type Asked, type Row, scaled } from './lab.js';
import { createPoster } from './poster.js';
import { messagesIn, type Sent, type StormPlan, stormEvents } from './storm-events.js';

const PER_SECOND = 5000;
const SECONDS = 60;
const LATEST_MS = 4000;
/** As many connections as the provider's stand-in has. Node takes one new one in each turn of its loop. */
const LINES = 64;
/** The provider's schedule of repetitions, minutes made milliseconds. */
const AGAIN_AFTER_MS = [0, 50, 200, 500];

export const STORM: Row = {
  name: 'a storm of callbacks, half of them twice, and the endpoint is killed',
  promise:
    'of 300,000, driven at 5,000 a second or as fast as the machine lets them be, every acknowledged callback is applied once, and no answer comes later than 4 s',
  run: (asked) =>
    withEndpoint(async (endpoint, redis) => {
      const load = loadBefore();
      const sent = await sendFiles(redis.url, scaled(3000, asked, 30));
      const plan = { sent, distinct: Math.round((PER_SECOND * scaled(SECONDS, asked, 2)) / 2) };
      const events = stormEvents(plan, createDice(asked.seed));
      const weather = await storm(endpoint, events);
      const found = await look(redis.url, plan);
      const appliedSince = await takenBy(endpoint.child, 'inbound', 'applied');
      const { answers, late, seconds, unanswered } = weather;
      const figures = {
        ...load,
        callbacks: events.length,
        distinct: plan.distinct,
        perSecond: Math.round(events.length / seconds),
        unanswered,
        p50: `${quantile(answers, 0.5)} ms`,
        p99: `${quantile(answers, 0.99)} ms`,
        latest: `${quantile(answers, 1)} ms`,
        ...found,
      };
      return { figures, broken: brokenBy({ ...found, late, appliedSince }, plan, asked) };
    }),
};

/** Real deliveries, accepted by the provider, which is silent about what became of them. */
async function sendFiles(redisUrl: string, deliveries: number): Promise<readonly Sent[]> {
  const stack = await startStack(redisUrl, {
    sandbox: { windowsOpen: true, callbacks: { automatic: false } },
    env: { WAYBILL_CONCURRENCY: '100' },
  });
  try {
    const planned = planConversations({ deliveries, conversations: deliveries }, createDice(1));
    await produce(stack.waybill, planned);
    const ids = planned.flat().map(({ id }) => id);
    const views = await allOf(stack.waybill, ids, {
      until: ({ status, unique }) => status === 'accepted' && unique !== null,
      timeoutMs: 120_000,
    });
    return views.map(({ id, to, unique }) => ({ id, to, unique: unique ?? '' }));
  } finally {
    await stack.close();
  }
}

type Weather = {
  /** Milliseconds of every answer. */
  readonly answers: readonly number[];
  readonly late: number;
  readonly seconds: number;
  /** Posts to which no 200 came, each of which was made again. */
  readonly unanswered: number;
};

/** Posts at the wanted pace, or as fast as it goes; the endpoint is killed half-way. */
async function storm(endpoint: Endpoint, events: readonly Buffer[]): Promise<Weather> {
  const replace = await endpoint.loadHeir();
  const answers: number[] = [];
  let next = 0;
  let unanswered = 0;
  const begun = performance.now();
  const due = (): number => ((performance.now() - begun) / 1000) * PER_SECOND;

  async function line(): Promise<void> {
    const poster = createPoster(endpoint.port);
    for (let event = events[next++]; event !== undefined; event = events[next++]) {
      while (next > due()) await sleep(2);
      for (let tries = 0; ; tries += 1) {
        const { status, ms } = await poster.post(event);
        if (status !== 0) answers.push(ms);
        if (status === 200) break;
        unanswered += 1;
        await sleep(AGAIN_AFTER_MS[Math.min(tries, AGAIN_AFTER_MS.length - 1)]);
      }
    }
    poster.close();
  }

  const halfTime = (events.length / PER_SECOND / 2) * 1000;
  const killing = sleep(halfTime).then(replace);
  await Promise.all(Array.from({ length: LINES }, line));
  const seconds = (performance.now() - begun) / 1000;
  await killing;
  return { answers, late: answers.filter((ms) => ms > LATEST_MS).length, seconds, unanswered };
}

type Found = {
  readonly messagesApplied: number;
  readonly receiptsMissing: number;
  readonly toldTwice: number;
};

/** What Redis knows afterwards: each message's mark, each delivery's receipts, and each event of a delivery. */
async function look(url: string, { sent }: StormPlan): Promise<Found> {
  const redis = new Redis(url);
  const keys = accountKeys('waybill', FROM);
  try {
    const records = await Promise.all(sent.map(({ id }) => redis.hgetall(keys.record(id))));
    return {
      messagesApplied: await countKeys(redis, keys.seen('*')),
      receiptsMissing: records.filter((record) => !hasAll(record)).length,
      toldTwice: await toldTwice(redis),
    };
  } finally {
    redis.disconnect();
  }
}

function hasAll(record: Readonly<Record<string, string>>): boolean {
  return (
    record.status === 'read' && ['sent', 'delivered', 'read'].every((each) => `receipt:${each}` in record)
  );
}

async function countKeys(redis: Redis, match: string): Promise<number> {
  let count = 0;
  for await (const found of redis.scanStream({ match, count: 1000 })) count += found.length;
  return count;
}

/** Events of one delivery and one type that there are more than one of. */
async function toldTwice(redis: Redis): Promise<number> {
  const told = new Map<string, number>();
  for (let after = '0-0', last = ''; after !== last; ) {
    last = after;
    const { events, next } = await readEvents(redis, 'waybill', {
      from: FROM,
      after,
      sealer: PLAIN,
      nameOf: () => 'shop',
    });
    for (const { event } of events) {
      if (event.type === 'gap' || !('deliveryId' in event.data)) continue;
      const key = `${event.type} ${event.data.deliveryId}`;
      told.set(key, (told.get(key) ?? 0) + 1);
    }
    after = next;
  }
  return [...told.values()].filter((count) => count > 1).length;
}

function brokenBy(
  found: Found & { readonly late: number; readonly appliedSince: number },
  plan: StormPlan,
  { scale }: Asked,
): readonly string[] {
  const messages = messagesIn(plan);
  return [
    ...(found.messagesApplied === messages
      ? []
      : [`${found.messagesApplied} of ${messages} messages applied`]),
    ...(found.appliedSince > messages ? ['messages were applied again'] : []),
    ...(found.receiptsMissing > 0 ? [`${found.receiptsMissing} deliveries miss receipts`] : []),
    ...(found.toldTwice > 0 ? [`${found.toldTwice} events were told twice`] : []),
    // A short form shares its machine.
    ...(scale === 1 && found.late > 0 ? [`${found.late} answers came later than 4 s`] : []),
  ];
}
