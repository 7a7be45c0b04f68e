import { Queue } from 'bullmq';
import { DAY, HOUR } from '../../src/domain/time.js';
import { withRedis } from '../support/redis.js';
import { accepted, type Bench, CLIENT, delivery, FROM, FROM_ID, openBench, PREFIX } from './bench.js';

// A client may be known by number and by from_id: it is one conversation, with one window and one lane.
const redis = withRedis();
let bench: Bench;
let queue: Queue;
const byNumber = delivery('number');
const byId = delivery('id', { to: FROM_ID });

beforeEach(() => {
  bench = openBench(redis.client);
  queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: `${PREFIX}:queue` });
});
afterEach(() => queue.close());

/** The client writes, showing both names. */
const learn = () => bench.inbound({ fromId: FROM_ID });

it('puts deliveries by either name into one lane, when the names were learned before', async () => {
  await learn();
  await bench.accept(byNumber);
  await expect(bench.accept(byId)).resolves.toMatchObject({ status: 'waiting' });
  await expect(bench.lane()).resolves.toEqual(['number', 'id']);
  await expect(bench.lane(FROM_ID)).resolves.toEqual([]);
});

it('opens one window, by whichever name the client writes', async () => {
  await learn();
  await bench.closeWindow();
  await bench.inbound({ number: null, fromId: FROM_ID });
  await bench.accept(byNumber);
  await expect(bench.claim(byNumber)).resolves.toMatchObject({ kind: 'go' });
});

it('takes over what has come under the from_id since, whenever the client shows both names', async () => {
  await learn();
  await learn();
  const closesAt = String(Date.now() + 30 * HOUR);
  await redis.client.hset(bench.keys.conv(FROM_ID), 'closesAt', closesAt);
  await learn();
  await expect(bench.conversation()).resolves.toMatchObject({ closesAt, [`alias:${FROM_ID}`]: '1' });
  await expect(bench.conversation(FROM_ID)).resolves.toEqual({});
});

it('joins two lanes in the order in which their deliveries came, when it is learned while they are queued', async () => {
  await bench.accept(byId);
  await bench.accept(byNumber);
  await bench.accept(delivery('id2', { to: FROM_ID }));
  await learn();
  await expect(bench.lane()).resolves.toEqual(['id', 'number', 'id2']);
  await expect(bench.lane(FROM_ID)).resolves.toEqual([]);
  await expect(bench.claim(byNumber)).resolves.toMatchObject({ refusal: { why: 'lane' } });
  await expect(bench.claim(byId)).resolves.toMatchObject({ kind: 'go' });
});

it('keeps one in flight, when it is learned while that is being sent', async () => {
  await bench.accept(byId);
  await bench.take(byId);
  await bench.claim(byId);
  await queue.add('send-file', {}, { jobId: 'd-number', delay: HOUR });
  await bench.accept(byNumber);
  await learn();
  await expect(bench.conversation()).resolves.toMatchObject({ flight: 'id' });
  await expect(bench.claim(byNumber)).resolves.toMatchObject({ refusal: { why: 'lane' } });
  await expect(bench.settle(byId)).resolves.toMatchObject({ kind: 'settled', status: 'accepted' });
  await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining({ id: 'd-number' })]);
  await expect(bench.claim(byNumber)).resolves.toMatchObject({ kind: 'go' });
});

it('keeps the number’s own flight, and its horizon, when both names have one', async () => {
  await bench.accept(byId);
  await bench.claim(byId);
  await bench.doubt(byId);
  await bench.accept(byNumber);
  await bench.claim(byNumber);
  await learn();
  const conversation = await bench.conversation();
  expect(conversation).toMatchObject({ flight: 'number' });
  expect(conversation).not.toHaveProperty('flightUntil');
});

it('releases what was held under the from_id, when the names are learned by the message that opens the window', async () => {
  await queue.add('send-file', {}, { jobId: 'd-id', delay: HOUR });
  await bench.accept(byId);
  await bench.closeWindow(FROM_ID);
  await bench.holdForWindow(byId);
  await expect(learn()).resolves.toMatchObject({ released: 1 });
  await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining({ id: 'd-id' })]);
  await expect(bench.held(FROM_ID)).resolves.toEqual([]);
  await expect(bench.claim(byId)).resolves.toMatchObject({ kind: 'go' });
});

it.each([
  ['from_id', FROM_ID, CLIENT],
  ['number', CLIENT, FROM_ID],
])(
  'lets one of strict order go that was held under the %s, when the other name’s window is open',
  async (_, to, open) => {
    const strict = delivery('strict', { to, strictOrder: true });
    await queue.add('send-file', {}, { jobId: 'd-strict', delay: HOUR });
    await bench.accept(strict);
    await bench.inbound(open === CLIENT ? {} : { number: null, fromId: FROM_ID });
    await bench.closeWindow(to);
    await bench.holdForWindow(strict);
    await learn();
    await expect(queue.getWaiting()).resolves.toEqual([expect.objectContaining({ id: 'd-strict' })]);
    await expect(bench.claim(strict)).resolves.toMatchObject({ kind: 'go' });
  },
);

it('keeps the later window of the two names', async () => {
  await bench.inbound({ number: null, fromId: FROM_ID });
  const { closesAt } = await bench.conversation(FROM_ID);
  await bench.inbound({ timestamp: Date.now() - 10 * HOUR });
  await bench.inbound({ fromId: FROM_ID, timestamp: Date.now() - 23 * HOUR });
  await expect(bench.conversation()).resolves.toMatchObject({ closesAt });
});

it('counts the messages to either name in one session', async () => {
  await learn();
  const at = Date.now();
  for (const [each, unique] of [
    [byNumber, 'u1'],
    [byId, 'u2'],
  ] as const) {
    await bench.accept(each);
    await bench.claim(each);
    await bench.settle(each, { outcome: accepted({ unique, timestamp: at }) });
  }
  await expect(redis.client.hgetall(bench.keys.fixed.ledgerRows)).resolves.toEqual({
    [`${CLIENT}@${at}`]: '2 number',
  });
});

it('does not tie names together that no message has shown together', async () => {
  await bench.inbound({ number: null, fromId: FROM_ID });
  await bench.accept(byNumber);
  await expect(bench.conversation()).resolves.toEqual({});
  await expect(redis.client.exists(bench.keys.alias(FROM_ID))).resolves.toBe(0);
});

it('follows a conversation that moves between finding its keys and running the script', async () => {
  // The wrapper has read the alias of a moment ago; here the move comes in between every time but the last.
  let moves = 0;
  const moving = new Proxy(redis.client, {
    get(target, name) {
      if (name !== 'get') {
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (key: string) => {
        const known = await target.get(key);
        moves += 1;
        if (moves === 1) await learn();
        return known;
      };
    },
  });
  await expect(openBench(moving).accept(byId)).resolves.toMatchObject({ kind: 'new' });
  expect(moves).toBe(2);
  await expect(bench.lane()).resolves.toEqual(['id']);
});

it('gives up on a conversation that never stays, without a word about whom', async () => {
  await redis.client.set(bench.keys.alias(FROM_ID), CLIENT, 'PX', DAY);
  const forgetful = new Proxy(redis.client, {
    get(target, name) {
      if (name === 'get') return async () => null;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  await expect(openBench(forgetful).accept(byId)).rejects.toThrow(
    /^the conversation keeps moving to another number$/,
  );
});
