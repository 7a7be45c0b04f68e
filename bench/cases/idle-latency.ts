import { setTimeout as sleep } from 'node:timers/promises';
import { clockMs } from '../lab/clock.js';
import { onStage, type Stage } from '../lab/stage.js';
import { alternate } from '../load/alternate.js';
import { explained, profiled } from '../load/profiled.js';
import { recipient, requests, type SendRequest } from '../load/requests.js';
import { quantile, ratios, spread } from '../report/figures.js';
import { type Asked, atMost, type Case, type Result, scaled } from '../report/result.js';
import { PLAIN } from '../rivals/plain.js';
import { type OpenProducer, openPlain, openWaybill, type Producer } from '../rivals/producer.js';
import type { Rival } from '../rivals/rival.js';
import { clientsWrite, WAYBILL } from '../rivals/waybill.js';

/** How long a delivery takes to the provider when there is nothing else to do. */
export const IDLE_LATENCY: Case = {
  name: 'idle latency',
  about: `From the call of enqueue to its POST at the provider, one delivery after the other, each when the worker has come to rest:
an app, Redis, one worker, a provider that answers at once. Both have sent five times as many before, without a rest.`,
  run,
};

const COUNT = 400;
/** Sent before that, one by one without a rest: code is compiled, connections are there, as of a service that runs. */
const WARM_UP = 2000;
const REST_MS = 15;

type Sender = { readonly rival: Rival; readonly open: OpenProducer };

const OURS: Sender = { rival: WAYBILL, open: openWaybill };
const SENDERS: readonly Sender[] = [OURS, { rival: PLAIN, open: openPlain }];

async function run(asked: Asked): Promise<Result> {
  const profile = () => profiled((nodeArgs) => measure(OURS, { asked, nodeArgs }));
  if (asked.profile) return { tables: [], targets: [], profile: await profile() };
  const runs = await alternate(
    asked.rounds,
    SENDERS.map((sender) => async () => (await measure(sender, { asked })).latencies),
  );
  const rows = SENDERS.map(({ rival }, index) => {
    const of = (part: number) =>
      spread(
        (runs[index] ?? []).map((each) => quantile(each, part)),
        2,
      );
    return [rival.name, of(0.5), of(0.99)];
  });
  const [ours = [], theirs = []] = runs;
  const target = (name: string, part: number) => {
    const [mine, their] = [ours, theirs].map((each) => each.map((latencies) => quantile(latencies, part)));
    return atMost({ what: `${name}: Waybill / plain`, figures: ratios(mine ?? [], their ?? []), bound: 1.3 });
  };
  const targets = [target('p50', 0.5), target('p99', 0.99)];
  return explained({ tables: [{ head: ['who', 'p50 ms', 'p99 ms'], rows }], targets }, profile);
}

type How = { readonly asked: Asked; readonly nodeArgs?: readonly string[] };
type Latencies = { readonly latencies: readonly number[]; readonly from: number; readonly to: number };

/** Milliseconds from enqueue to POST, of each delivery; and when that was measured, by `clockMs`. */
function measure({ rival, open }: Sender, { asked, nodeArgs = [] }: How): Promise<Latencies> {
  const { aof } = asked;
  const warming = requests(scaled(WARM_UP, asked, 20), (index) => recipient(30_000_000 + index), 'warm');
  const all = requests(scaled(COUNT, asked, 10));
  return onStage({ rival, aof, latencyMs: 0, concurrency: 50, nodeArgs }, async (stage) => {
    const clients = [...warming, ...all].map(({ to }) => to);
    if (rival === WAYBILL) await clientsWrite(stage.redis.url, clients, Date.now());
    const producer = open(stage.redis.url);
    try {
      const warmed = await stage.provider.watch([warming.length]);
      for (const request of warming) await producer.one(request);
      await stage.alive(warmed.reached(warming.length));
      const latencies: number[] = [];
      const from = clockMs();
      for (const request of all) latencies.push(await latencyOf(request, { producer, stage }));
      return { latencies, from, to: clockMs() };
    } finally {
      await producer.close();
    }
  });
}

type Means = { readonly producer: Producer; readonly stage: Stage };

async function latencyOf(request: SendRequest, { producer, stage }: Means): Promise<number> {
  const { came } = await stage.provider.expect(request.to);
  const begun = clockMs();
  await producer.one(request);
  const at = await stage.alive(came);
  await sleep(REST_MS);
  return at - begun;
}
