import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { createGatekeeper } from '../../src/app/gatekeeper.js';
import { ACCOUNT_DEFAULTS } from '../../src/domain/account.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { DAY, MINUTE, SECOND } from '../../src/domain/time.js';
import { enqueue } from '../../src/producer/enqueue.js';
import type { ProviderClient } from '../../src/provider/client.js';
import { createAmendStore } from '../../src/redis/amend-store.js';
import { createAttemptStore } from '../../src/redis/attempt-store.js';
import { createDeliveryStore } from '../../src/redis/delivery-store.js';
import { readDelivery } from '../../src/redis/delivery-view.js';
import { accountKeys } from '../../src/redis/keys.js';
import { createProber } from '../../src/worker/probe.js';
import { PLAIN } from '../support/sealing.js';
import { type Actor, createActor } from './actor.js';
import { createModelQueue } from './model-queue.js';
import { SILENT } from './silent-observer.js';
import { clockKey, withVirtualTime } from './virtual-time.js';
import { work } from './work.js';

const FROM = '972771234567';
const PREFIX = 'model';
const START = Date.UTC(2027, 0, 15, 8);
const SETTINGS = { url: null, system: false, readStatus: false, retry: false, others: {} };
const MOST_STEPS = 20_000;

/** What is wrong at the provider: nothing, the key, or its send calls alone. */
export type Trouble = 'none' | 'key' | 'sends';

/** A delivery that is enqueued so long after the start; `poison`: the reason for which it alone is always refused. */
export type Plan = { readonly afterMs: number; readonly poison: string | null };

export type End = {
  readonly poison: string | null;
  readonly status: string;
  readonly reason: string;
  /** Good answers to a probe between its acceptance and its end. */
  readonly probes: number;
};

type Bench = { readonly redis: Redis; readonly bullQueue: Queue; readonly workers: number };
type Street = Awaited<ReturnType<typeof openStreet>>;

/** An account with the real scripts, worker pipeline and prober, whose provider refuses single deliveries, or all. */
export async function openStreet({ redis, bullQueue, workers }: Bench, plans: readonly Plan[]) {
  const keys = accountKeys(PREFIX, FROM);
  let clock = START;
  let named = 0;
  let trouble: Trouble = 'none';
  let probes = 0;
  const account = { ...ACCOUNT_DEFAULTS, from: FROM, name: 'shop', ratePerSecond: 50 };
  const now = () => clock;
  const newId = () => `n${++named}`;
  const known = new Map<string, { readonly plan: Plan; readonly since: number; probes: number | null }>();

  await redis.flushall();
  await redis.set(clockKey(FROM), clock);
  const timed = withVirtualTime(redis, FROM);
  const shared = {
    redis: timed,
    prefix: PREFIX,
    sealer: PLAIN,
    retention: { recordMs: 30 * DAY, idMs: DAY },
  };
  const store = createDeliveryStore(shared);
  const attempts = createAttemptStore({ ...shared, random: () => 0.5 });
  const amends = createAmendStore(shared);
  const queue = createModelQueue(redis, keys, now);
  const gatekeeper = createGatekeeper({ redis: timed, prefix: PREFIX, queues: queue.queues });

  const prober = createProber({
    gate: gatekeeper,
    provider: {
      async getWebhook() {
        if (trouble === 'key') return { kind: 'failed', outcome: accountError('3') };
        probes += 1;
        return { kind: 'settings', settings: SETTINGS };
      },
    },
    apiKeyOf: () => 'key',
    store,
    observer: SILENT,
    monotonic: now,
    firstProbeMs: 15 * SECOND,
  });

  function answer(id: string): Outcome {
    if (trouble === 'key') return accountError('3');
    if (trouble === 'sends') return accountError('http_403');
    const one = known.get(id);
    const poison = one?.plan.poison ?? null;
    if (poison !== null) return accountError(poison);
    if (one !== undefined) one.probes ??= probes - one.since;
    return {
      kind: 'accepted',
      reason: 'ok',
      acceptance: { unique: `U${id}`, timestamp: now(), windowLeftMs: null },
    };
  }

  /** Two steps of the process that sends: the request goes out, and its answer is read. */
  const send = async (actor: Actor, link: string): Promise<Outcome> => {
    const outcome = await actor.gate(async () => answer(new URL(link).pathname.slice(1, -4)));
    return actor.gate(async () => outcome);
  };
  const no = () => Promise.reject(new Error('is not asked for'));
  const clientOf = (actor: Actor): ProviderClient => ({
    sendFile: ({ body }) => send(actor, body),
    sendTemplate: no,
    getHistory: no,
    setWebhook: no,
    getWebhook: no,
    close: async () => undefined,
  });
  const works = { account: () => account, store, attempts, queue, provider: { clientOf }, now, newId };

  let busy: Actor[] = [];
  return {
    keys,
    redis,
    workers,
    trouble(next: Trouble): void {
      trouble = next;
    },
    gate: () => redis.hgetall(keys.fixed.gate),
    /** Everything that is due by now is enqueued. */
    async arrive(): Promise<void> {
      for (const [index, plan] of plans.entries()) {
        const id = `d${index}`;
        if (known.has(id) || START + plan.afterMs > clock) continue;
        known.set(id, { plan, since: probes, probes: null });
        const to = String(972_500_000_000 + index);
        const request = { id, from: 'shop', to, fileUrl: `https://files.example.com/${id}.pdf` };
        await enqueue(request, {
          ...{ store, amends, queues: queue.queues, now, sealer: PLAIN, findAccount: async () => account },
          read: (by) => readDelivery(timed, PREFIX, { ...by, sealer: PLAIN }),
        });
      }
    },
    async startWorker(): Promise<void> {
      const actor = createActor(`worker-${newId()}`);
      busy.push(actor);
      await actor.start(() => work(actor, { ...works, bullQueue, historyLagMs: MINUTE }));
    },
    /** One of the workers takes its next step; false when all are idle. */
    async step(choice: number): Promise<boolean> {
      busy = busy.filter((each) => each.busy());
      const actor = busy[choice % Math.max(1, busy.length)];
      if (actor === undefined) return false;
      await actor.step();
      const failure = actor.failure();
      if (failure !== undefined) throw failure;
      return true;
    },
    running: () => busy.filter((each) => each.busy()).length,
    isDue: async () => {
      const { bullWait, bullDelayed } = keys.fixed;
      const due = await redis.zcount(bullDelayed, '-inf', (clock + 1) * 0x1000 - 1);
      return !queue.rests() && (await redis.llen(bullWait)) + due > 0;
    },
    probe: () => prober(account),
    async pass(ms: number): Promise<void> {
      clock += ms;
      await redis.set(clockKey(FROM), clock);
    },
    async ends(): Promise<readonly End[]> {
      return Promise.all(
        plans.map(async ({ poison }, index) => {
          const [status, reason] = await redis.hmget(keys.record(`d${index}`), 'status', 'reason');
          const waited = known.get(`d${index}`)?.probes ?? 0;
          return { poison, status: status ?? '', reason: reason ?? '', probes: waited };
        }),
      );
    },
  };
}

/** Lets everybody work until so much time has passed; `choices` say who goes first. */
export async function live(
  street: Street,
  { forMs, choices }: { readonly forMs: number; readonly choices: readonly number[] },
): Promise<void> {
  let steps = 0;
  for (let [passed, idle] = [0, 0]; passed < forMs; steps += 1) {
    if (steps > MOST_STEPS) throw new Error('the street never comes to rest');
    await street.arrive();
    while (street.running() < street.workers && (await street.isDue())) await street.startWorker();
    if (await street.step(choices[steps % choices.length] ?? 0)) {
      idle = 0;
      continue;
    }
    await street.probe();
    if (await street.isDue()) continue;
    // Where nothing has happened for long, nothing does so soon.
    const ms = idle < 10 ? 500 : 10 * SECOND;
    await street.pass(ms);
    passed += ms;
    idle += 1;
  }
}

function accountError(reason: string) {
  return { kind: 'account_error', reason, detail: '' } as const;
}
