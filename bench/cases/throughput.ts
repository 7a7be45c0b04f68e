import { openSnapshots, type Snapshots } from '../lab/redis.js';
import { alternate } from '../load/alternate.js';
import { measureRaw, type RawLoad } from '../load/measure-raw.js';
import { measureSending, type Sending } from '../load/measure-sending.js';
import { explained, profiled } from '../load/profiled.js';
import { requests } from '../load/requests.js';
import { countOf, labelOf, settingsOf } from '../load/settings.js';
import { number, ratios, spread } from '../report/figures.js';
import { type Asked, atLeast, type Case, type Result, type Setting, type Target } from '../report/result.js';
import { BY_HAND } from '../rivals/by-hand.js';
import { PLAIN } from '../rivals/plain.js';
import type { Rival } from '../rivals/rival.js';
import { WAYBILL } from '../rivals/waybill.js';

/** Everything that is sent from a full queue, at full speed. */
export const THROUGHPUT: Case = {
  name: 'throughput',
  about: `Deliveries a second from a queue that is full when the workers start; each goes to a client of its own whose
window is open, and opens a session. The first third is not counted, nor what is left when a worker runs out of work.
Waybill's worker runs with its default settings, but for the account's pace (a number may send 1,000 a second at most).
EVALSHA counts scripts alone: by hand, most commands are none. Two workers share the machine with Redis and the provider:
that is what two cost, and not how they scale.`,
  run,
};

const RIVALS = [WAYBILL, PLAIN, BY_HAND];
const PROFILED: Setting = { latencyMs: 20, concurrency: 500, workers: 1 };

async function run(asked: Asked): Promise<Result> {
  const snapshots = await openSnapshots();
  const means = { asked, snapshots };
  try {
    if (asked.profile) return { tables: [], targets: [], profile: await profile(means) };
    const rows: string[][] = [];
    const targets: Target[] = [];
    for (const setting of settingsOf(asked)) {
      const { table, judged } = await measureSetting(setting, means);
      rows.push(...table);
      targets.push(...judged);
    }
    return await explained({ tables: [{ head: HEAD, rows }], targets }, () => profile(means));
  } finally {
    await snapshots.close();
  }
}

const HEAD = [
  'provider, in flight × workers',
  'who',
  'deliveries/s',
  'Waybill / this',
  'CPU µs: workers',
  'Redis',
  'provider',
  'EVALSHA',
  'Redis µs in scripts',
];

type Means = { readonly asked: Asked; readonly snapshots: Snapshots };

async function measureSetting(setting: Setting, means: Means) {
  const runs = await alternate(
    means.asked.rounds,
    RIVALS.map((rival) => () => measure(rival, setting, means)),
  );
  const [ours = [], ...theirs] = runs.map((sendings) => sendings.map(({ perSecond }) => perSecond));
  const label = labelOf(setting);
  const table = RIVALS.map((rival, index) => {
    const rates = theirs[index - 1];
    const ratio = rates === undefined ? '' : spread(ratios(ours, rates), 2);
    return [label, rival.name, ...columns(runs[index] ?? [], ratio)];
  });
  const raw =
    setting.workers === 1 ? [await rawRow(label, { ...setting, count: countOf(setting, means.asked) })] : [];
  const judged = isJudged(setting) ? judge(label, ours, theirs) : [];
  return { table: [...table, ...raw], judged };
}

async function measure(rival: Rival, setting: Setting, { asked, snapshots }: Means): Promise<Sending> {
  const count = countOf(setting, asked);
  const snapshot = await snapshotOf(rival, count, snapshots);
  return measureSending({ ...setting, count, rival, snapshot, aof: asked.aof });
}

function snapshotOf(rival: Rival, count: number, snapshots: Snapshots): Promise<string> {
  return snapshots.of(`${rival.name} ${count}`, (url) => rival.fill(url, requests(count)));
}

function columns(sendings: readonly Sending[], ratio: string): readonly string[] {
  const of = (pick: (sending: Sending) => number, digits = 0) => spread(sendings.map(pick), digits);
  return [
    of(({ perSecond }) => perSecond),
    ratio,
    of(({ workerMicros }) => workerMicros),
    of(({ redisMicros }) => redisMicros),
    of(({ providerMicros }) => providerMicros),
    of(({ scriptCalls }) => scriptCalls, 2),
    of(({ scriptMicros }) => scriptMicros),
  ];
}

async function rawRow(label: string, load: RawLoad): Promise<string[]> {
  return [label, 'raw undici', number(await measureRaw(load)), '', '', '', '', '', ''];
}

/** Of these there are targets. */
function isJudged({ latencyMs, concurrency }: Setting): boolean {
  return latencyMs === 20 && concurrency >= 200;
}

const BOUNDS = [
  { name: PLAIN.name, bound: 1 },
  { name: BY_HAND.name, bound: 1.5 },
];

function judge(
  label: string,
  ours: readonly number[],
  theirs: readonly (readonly number[])[],
): readonly Target[] {
  return BOUNDS.map(({ name, bound }, index) =>
    atLeast({ what: `Waybill / ${name}, ${label}`, figures: ratios(ours, theirs[index] ?? []), bound }),
  );
}

async function profile({ asked, snapshots }: Means): Promise<string> {
  const setting = (asked.size === 'quick' ? settingsOf(asked) : asked.settings)[0] ?? PROFILED;
  const count = countOf(setting, asked);
  const snapshot = await snapshotOf(WAYBILL, count, snapshots);
  const load = { ...setting, count, snapshot, rival: WAYBILL, aof: asked.aof };
  return profiled((nodeArgs) => measureSending({ ...load, nodeArgs }));
}
