import { clockMs } from '../lab/clock.js';
import { openSnapshots, type Snapshots } from '../lab/redis.js';
import { onStage, type Stage } from '../lab/stage.js';
import { alternate } from '../load/alternate.js';
import { holdAll } from '../load/hold.js';
import { recipient, requests, type SendRequest } from '../load/requests.js';
import { number, ratios, spread } from '../report/figures.js';
import { type Asked, atMost, type Case, type Result, scaled } from '../report/result.js';
import { clientsWrite, enqueueAll, WAYBILL } from '../rivals/waybill.js';

/** How fast held deliveries go once their clients write. */
export const HELD_RELEASE: Case = {
  name: 'held release',
  about: `From the first client's message to the last POST, where each client's message releases one held delivery; and from the
first call of enqueueMany to the last POST, where as many are sent fresh. Messages are applied, and deliveries enqueued,
as fast as one process can. 20 ms, 200 in flight, one worker.`,
  run,
};

const COUNT = { quick: 10_000, usual: 10_000, full: 100_000 };
const WARM_UP = 1000;

async function run(asked: Asked): Promise<Result> {
  const all = requests(scaled(COUNT[asked.size], asked, 50));
  const clients = all.map(({ to }) => to);
  const snapshots = await openSnapshots();
  try {
    const means = { asked, snapshots, all };
    const [held = [], fresh = []] = await alternate(asked.rounds, [
      () =>
        measure(means, { name: 'held', fill: holdAll, go: (url) => clientsWrite(url, clients, Date.now()) }),
      () => measure(means, { name: 'fresh', fill: openWindows, go: (url) => enqueueAll(url, all) }),
    ]);
    const figures = ratios(held, fresh);
    const rows = [
      [`${number(all.length)} held, released`, spread(held, 2), spread(figures, 2)],
      [`${number(all.length)} sent fresh`, spread(fresh, 2), ''],
    ];
    return {
      tables: [{ head: ['deliveries', 'seconds to the last POST', 'ratio'], rows }],
      targets: [atMost({ what: 'Time of held / fresh', figures, bound: 1.2 })],
    };
  } finally {
    await snapshots.close();
  }
}

type Means = { readonly asked: Asked; readonly snapshots: Snapshots; readonly all: readonly SendRequest[] };
type Way = {
  readonly name: string;
  readonly fill: (redisUrl: string, all: readonly SendRequest[]) => Promise<void>;
  readonly go: (redisUrl: string) => Promise<void>;
};

/** Seconds until all are sent. */
async function measure({ asked, snapshots, all }: Means, { name, fill, go }: Way): Promise<number> {
  const snapshot = await snapshots.of(name, (url) => fill(url, all));
  const options = { rival: WAYBILL, snapshot, aof: asked.aof, latencyMs: 20, concurrency: 200 };
  return onStage(options, async (stage) => {
    await warmUp(stage, scaled(WARM_UP, asked, 10));
    const watch = await stage.provider.watch([all.length]);
    const begun = clockMs();
    await stage.alive(go(stage.redis.url));
    return ((await stage.alive(watch.reached(all.length))) - begun) / 1000;
  });
}

/** Deliveries of other clients, until all is loaded and compiled. */
async function warmUp({ provider, redis, alive }: Stage, count: number): Promise<void> {
  const watch = await provider.watch([count]);
  await enqueueAll(
    redis.url,
    requests(count, (index) => recipient(30_000_000 + index), 'warm'),
  );
  await alive(watch.reached(count));
}

function openWindows(redisUrl: string, all: readonly SendRequest[]): Promise<void> {
  return clientsWrite(
    redisUrl,
    all.map(({ to }) => to),
    Date.now(),
  );
}
