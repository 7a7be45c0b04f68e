import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSnapshots, type Snapshots } from '../lab/redis.js';
import { alternate } from '../load/alternate.js';
import { measureRaw } from '../load/measure-raw.js';
import { measureSending, type Sending } from '../load/measure-sending.js';
import { requests } from '../load/requests.js';
import { selfTimes } from '../profile/read-profile.js';
import { showProfile } from '../profile/show-profile.js';
import { number, ratios, spread } from '../report/figures.js';
import { type Asked, atLeast, type Case, type Result, scaled, type Target } from '../report/result.js';
import { BY_HAND } from '../rivals/by-hand.js';
import { PLAIN } from '../rivals/plain.js';
import type { Rival } from '../rivals/rival.js';
import { WAYBILL } from '../rivals/waybill.js';

/** Everything that is sent from a full queue, at full speed. */
export const THROUGHPUT: Case = {
  name: 'throughput',
  about: `Deliveries a second from a queue that is full when the workers start; each goes to a client of its own whose
window is open, and opens a session. The first third is not counted, nor what is left when a worker runs out of work.
Waybill's worker runs with its default settings, but for the account's pace (a number may send 1,000 a second at most).`,
  run,
};

type Setting = {
  readonly latencyMs: number;
  readonly concurrency: number;
  readonly workers: number;
  readonly count: number;
  /** Of these there are targets. */
  readonly isJudged: boolean;
};

const COUNT = 24_000;
const RIVALS = [WAYBILL, PLAIN, BY_HAND];

const MATRIX = {
  quick: { latencies: [20], concurrencies: [50], workers: [1] },
  usual: { latencies: [20], concurrencies: [200, 500], workers: [1, 2] },
  full: { latencies: [0, 20, 200], concurrencies: [50, 200, 500], workers: [1, 2] },
};

function settings(asked: Asked): readonly Setting[] {
  const { latencies, concurrencies, workers: processes } = MATRIX[asked.size];
  return latencies.flatMap((latencyMs) =>
    concurrencies.flatMap((concurrency) =>
      processes.map((workers) => ({
        latencyMs,
        concurrency,
        workers,
        count: countOf({ latencyMs, concurrency, workers }, asked),
        isJudged: latencyMs === 20 && concurrency >= 200,
      })),
    ),
  );
}

/** Where the provider's time is the limit, three seconds of it are enough. */
function countOf(
  { latencyMs, concurrency, workers }: Pick<Setting, 'latencyMs' | 'concurrency' | 'workers'>,
  asked: Asked,
): number {
  const most = latencyMs === 0 ? COUNT : Math.min(COUNT, (4.5 * 1000 * concurrency * workers) / latencyMs);
  return scaled(most, asked, 3 * concurrency * workers);
}

async function run(asked: Asked): Promise<Result> {
  const snapshots = await openSnapshots();
  try {
    const rows: string[][] = [];
    const targets: Target[] = [];
    for (const setting of settings(asked)) {
      const { table, judged } = await measureSetting(setting, { asked, snapshots });
      rows.push(...table);
      targets.push(...judged);
    }
    const tables = [{ head: HEAD, rows }];
    if (!asked.profile) return { tables, targets };
    return { tables, targets, profile: await profile(asked, snapshots) };
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
  const label = `${setting.latencyMs} ms, ${setting.concurrency} × ${setting.workers}`;
  const table = RIVALS.map((rival, index) => {
    const rates = theirs[index - 1];
    const ratio = rates === undefined ? '' : spread(ratios(ours, rates), 2);
    return [label, rival.name, ...columns(runs[index] ?? [], ratio)];
  });
  const raw = setting.workers === 1 ? [await rawRow(label, setting)] : [];
  const judged = setting.isJudged ? judge(label, ours, theirs) : [];
  return { table: [...table, ...raw], judged };
}

async function measure(rival: Rival, setting: Setting, { asked, snapshots }: Means): Promise<Sending> {
  const { count } = setting;
  const snapshot = await snapshotOf(rival, count, snapshots);
  return measureSending({ ...setting, rival, snapshot, aof: asked.aof });
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

async function rawRow(label: string, setting: Setting): Promise<string[]> {
  return [label, 'raw undici', number(await measureRaw(setting)), '', '', '', '', '', ''];
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

/** One more run of Waybill alone; being watched makes it slower. */
async function profile(asked: Asked, snapshots: Snapshots): Promise<string> {
  const count = scaled(COUNT, asked, 300);
  const setting = { latencyMs: 20, concurrency: Math.min(500, count / 3), workers: 1, count };
  const snapshot = await snapshotOf(WAYBILL, count, snapshots);
  const profileFolder = mkdtempSync(join(tmpdir(), 'waybill-bench-profile-'));
  try {
    const nodeArgs = ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
    const part = await measureSending({ ...setting, rival: WAYBILL, snapshot, aof: asked.aof, nodeArgs });
    return showProfile(selfTimes(profileFolder, part));
  } finally {
    rmSync(profileFolder, { recursive: true, force: true });
  }
}
