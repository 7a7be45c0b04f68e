import { DAY } from '../../src/domain/time.js';
import { createPushStore } from '../../src/redis/push-store.js';
import { startFleet } from '../support/fleet.js';
import { withRedis } from '../support/redis.js';
import { PLAIN } from '../support/sealing.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';
import { type Receiver, startReceiver } from './receiver.js';
import { allEvents, missing, outOfOrder } from './told.js';

const redis = withRedis();
const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
let open: { close(): Promise<unknown> }[] = [];
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const each of open.reverse()) await each.close();
  open = [];
  await receiver.close();
});

type Given = Readonly<Record<string, unknown>>;

function environment(...endpoints: readonly Given[]) {
  const all = endpoints.map((endpoint) => ({ secrets: [SECRET], allowPrivate: true, ...endpoint }));
  return { WAYBILL_EVENT_ENDPOINTS: JSON.stringify(all) };
}

async function work(...endpoints: readonly Given[]): Promise<Line> {
  const line = await openLine(redis.url, { env: environment(...endpoints) });
  open.push(line);
  await line.work();
  return line;
}

async function enqueue(line: Pick<Line, 'waybill'>, count: number, prefix = 'd'): Promise<void> {
  const requests = Array.from({ length: count }, (_, index) =>
    requestTo(`9725012${10_000 + (index % 20)}`, {
      id: `${prefix}${index}`,
      metadata: { order: `${index}` },
    }),
  );
  await line.waybill.enqueueMany(requests);
}

/** Waits until this receiver has taken all that was told. */
async function tookAll(by: Receiver, least: number) {
  const told = await eventually(
    async () => {
      const all = await allEvents(redis.client, FROM);
      const accepted = all.filter(({ type }) => type === 'delivery.accepted');
      const left = missing(
        all,
        by.taken.map(({ event }) => event),
      );
      if (accepted.length < least || left.length > 0) throw new Error(`${left.length} of ${all.length} left`);
      return all;
    },
    { timeoutMs: 40_000, what: 'The taking of all events' },
  );
  expect(
    outOfOrder(
      told,
      by.taken.map(({ event }) => event),
    ),
  ).toEqual([]);
}

it('tells the endpoint everything, in the order of each delivery', async () => {
  const line = await work({ url: receiver.url, name: 'app' });
  await enqueue(line, 30);
  await tookAll(receiver, 30);
  expect(receiver.taken[0]?.event.data).toMatchObject({
    from: FROM,
    account: 'shop',
    metadata: { order: expect.any(String) },
  });
  expect(receiver.taken.map(({ body }) => body).join()).not.toContain('9725012');
});

it('tells an endpoint that was down for a while all that it has missed', async () => {
  const line = await work({ url: receiver.url, name: 'app' });
  await receiver.goDown();
  await enqueue(line, 20);
  await eventually(() => line.lines().some((text) => text.includes('endpoint is left alone')));
  await enqueue(line, 20, 'e');
  await receiver.comeBack();
  await tookAll(receiver, 40);
  expect(line.lines().some((text) => text.includes('endpoint serves again'))).toBe(true);
});

it('lets no endpoint wait for one that hangs, and tells each what it wants', async () => {
  const other = await startReceiver(() => 'hangs');
  open.push(other);
  const line = await work(
    { url: other.url, name: 'slow' },
    { url: receiver.url, name: 'app', types: ['delivery.accepted'] },
  );
  await enqueue(line, 10);
  await eventually(() => receiver.taken.length === 10);
  expect(new Set(receiver.taken.map(({ event }) => event.type))).toEqual(new Set(['delivery.accepted']));
  expect(other.taken).toEqual([]);
  await other.goDown();
  await other.comeBack();
});

it('loses nothing when the process that pushes is killed', async () => {
  const fleet = await startFleet(redis.url, {
    workers: 2,
    // What it was sending when it was killed is settled that much sooner.
    env: { ...environment({ url: receiver.url, name: 'app' }), WAYBILL_SEND_TIMEOUT_MS: '3000' },
  });
  open.push(fleet);
  const pushes = await eventually(() =>
    fleet.workers.find((worker) =>
      /"role":"pusher".*lease taken|lease taken.*"role":"pusher"/.test(worker.output()),
    ),
  );
  let answered = 0;
  receiver.answerWith(() => {
    answered += 1;
    if (answered === 40) pushes.kill('SIGKILL');
    return 204;
  });
  await enqueue(fleet, 60);
  await pushes.exited;
  await eventually(
    async () => {
      const left = missing(
        await allEvents(redis.client, FROM),
        receiver.taken.map(({ event }) => event),
      );
      const views = await Promise.all(
        Array.from({ length: 60 }, (_, index) => fleet.waybill.get(`d${index}`)),
      );
      return (
        left.length === 0 && views.every(({ status }) => !['queued', 'waiting', 'sending'].includes(status))
      );
    },
    { timeoutMs: 45_000 },
  );
  const told = await allEvents(redis.client, FROM);
  expect(
    outOfOrder(
      told,
      receiver.taken.map(({ event }) => event),
    ),
  ).toEqual([]);
});

it('puts an event that nobody has taken for a day among the dead letters, and goes on', async () => {
  receiver.answerWith(({ event }) => (event.data.deliveryId === 'old' ? 500 : 204));
  const store = createPushStore(redis.client, 'waybill', PLAIN);
  await store.begin('app', FROM);
  const fields = ['delivery', 'old', 'status', 'queued', 'reason', '', 'attempt', '0'];
  await redis.client.xadd(`waybill:{${FROM}}:events`, `${Date.now() - 2 * DAY}-0`, ...fields);
  const line = await work({ url: receiver.url, name: 'app' });
  await enqueue(line, 1);
  await eventually(() => receiver.taken.some(({ event }) => event.type === 'delivery.accepted'));
  const dead = [];
  for await (const each of store.dead('app')) dead.push(each);
  expect(dead).toMatchObject([
    { reason: 'http_500', event: { type: 'delivery.queued', data: { deliveryId: 'old' } } },
  ]);
});
