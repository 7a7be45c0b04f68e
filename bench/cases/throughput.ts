import { openSnapshots, type Snapshots } from '../lab/redis.js';
import { alternate } from '../load/alternate.js';
import { measureRaw, type RawLoad } from '../load/measure-raw.js';
import { type Load, measureSending, type Sending } from '../load/measure-sending.js';
import { explained, profiled } from '../load/profiled.js';
import { requests } from '../load/requests.js';
import { countOf, labelOf, settingsOf } from '../load/settings.js';
import { showCommands } from '../profile/show-commands.js';
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

async function measure(rival: Rival, setting: Setting, means: Means): Promise<Sending> {
  return measureSending(await loadOf(rival, setting, means));
}

async function loadOf(rival: Rival, setting: Setting, { asked, snapshots }: Means): Promise<Load> {
  const count = countOf(setting, asked);
  const snapshot = await snapshots.of(`${rival.name} ${count}`, (url) => rival.fill(url, requests(count)));
  return { ...setting, count, rival, snapshot, aof: asked.aof };
}

function columns(sendings: readonly Sending[], ratio: string): readonly string[] {
  const of = (pick: (sending: Sending) => number, digits = 0) => spread(sendings.map(pick), digits);
  return [
    of(({ perSecond }) => perSecond),
    ratio,
    of(({ workerMicros }) => workerMicros),
    of(({ redisMicros }) => redisMicros),
    of(({ providerMicros }) => providerMicros),
    of(({ commands }) => commands.get('evalsha')?.calls ?? 0, 2),
    of(({ commands }) => commands.get('evalsha')?.micros ?? 0),
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

/** The worker's functions, and Redis's commands beside those of plain BullMQ. */
async function profile(means: Means): Promise<string> {
  const { asked } = means;
  const setting = (asked.size === 'quick' ? settingsOf(asked) : asked.settings)[0] ?? PROFILED;
  const load = await loadOf(WAYBILL, setting, means);
  const functions = await profiled((nodeArgs) => measureSending({ ...load, nodeArgs }));
  const ours = await measureSending(load);
  const theirs = await measure(PLAIN, setting, means);
  const commands = showCommands([
    [WAYBILL.name, ours.commands],
    [PLAIN.name, theirs.commands],
  ]);
  return `${functions}\n\n${commands}`;
}
