import {
  createWaybill,
  IdempotencyConflictError,
  NotFoundError,
  UnavailableError,
  UnknownAccountError,
  ValidationError,
} from '../../src/index.js';
import { publishAccount } from '../../src/redis/accounts.js';
import { openBench, PREFIX } from '../redis/bench.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

const redis = withRedis();
let line: Line;
const CLIENT = '972501234567';

beforeEach(async () => {
  line = await openLine(redis.url);
});
afterEach(() => line.close());

const enqueue = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  line.waybill.enqueue(requestTo(CLIENT, { id, ...more }));

const accepted = (id: string) => line.waybill.wait(id, 'accepted', { timeoutMs: 10_000 });

describe('the same id', () => {
  it('makes one delivery, however many ask at once', async () => {
    const other = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
    const asked = Array.from({ length: 50 }, (_, index) =>
      (index % 2 === 0 ? line.waybill : other).enqueue(requestTo(CLIENT, { id: 'one' })),
    );
    await line.work();
    const answers = await Promise.all(asked);
    await accepted('one');
    await other.close();
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(answers.every(({ id }) => id === 'one')).toBe(true);
    expect(line.sandbox.accepted()).toHaveLength(1);
  });

  it('is the same after the end', async () => {
    await line.work();
    await enqueue('one');
    await accepted('one');
    await expect(enqueue('one')).resolves.toMatchObject({ duplicate: true, status: 'accepted' });
    expect(line.sandbox.accepted()).toHaveLength(1);
  });

  it('refuses another payload', async () => {
    await enqueue('one');
    const conflict = enqueue('one', { caption: 'Another' });
    await expect(conflict).rejects.toThrow(IdempotencyConflictError);
    await expect(conflict).rejects.toMatchObject({ code: 'CONFLICT', id: 'one' });
  });

  it('replaces a link that was signed anew, while it is unsent', async () => {
    const signed = (signature: string) => ({
      fileUrl: `https://files.example.com/a.pdf?signature=${signature}`,
    });
    line.sandbox.windowLeft(CLIENT, 0);
    await line.work();
    await enqueue('one', signed('old'));
    await line.waybill.wait('one', 'held', { timeoutMs: 10_000 });
    await expect(enqueue('one', signed('new'))).resolves.toMatchObject({ duplicate: true, status: 'held' });
    line.sandbox.reply(CLIENT, 'hi');
    await openBench(redis.client).inbound();
    await accepted('one');
    expect(line.sandbox.accepted().map(({ body }) => body)).toEqual([signed('new').fileUrl]);
    await expect(enqueue('one', signed('later'))).resolves.toMatchObject({ duplicate: true });
    expect(line.sandbox.accepted()).toHaveLength(1);
  });

  it('belongs to its account: another account may have it too', async () => {
    const policies = { onClosedWindow: 'hold', template: null, billing: 'session' } as const;
    const other = { from: '972770000000', name: 'other', ...policies };
    const shop = { ...other, from: FROM, name: 'shop' };
    for (const after of [other, shop])
      await publishAccount(redis.client, PREFIX, { before: undefined, after });
    await enqueue('one');
    await line.waybill.enqueue({ ...requestTo(CLIENT, { id: 'one' }), from: 'other' });
    await expect(line.waybill.get('one')).rejects.toMatchObject({ code: 'AMBIGUOUS_ID' });
    await expect(line.waybill.get('one', { from: 'other' })).resolves.toMatchObject({ from: other.from });
  });
});

describe('a request', () => {
  it('gets an id when it has none', async () => {
    const { id } = await line.waybill.enqueue(requestTo(CLIENT));
    expect(id).toMatch(/^dlv_[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it('is refused with all that is wrong with it', async () => {
    const refused = enqueue('one', { to: '12', fileUrl: 'http://files.example.com/a.pdf' });
    await expect(refused).rejects.toThrow(ValidationError);
    await expect(refused).rejects.toMatchObject({
      errors: [expect.objectContaining({ pointer: '/to' }), expect.objectContaining({ pointer: '/fileUrl' })],
    });
    await expect(redis.client.keys(`${PREFIX}:{${FROM}}:*`)).resolves.toEqual([]);
  });

  it('is refused when it could never be sent in time', async () => {
    const past = { sendAt: Date.now() - 120_000, expiresAt: Date.now() - 60_000 };
    await expect(enqueue('one', past)).rejects.toMatchObject({ errors: [{ pointer: '/expiresAt' }] });
  });

  it.each([
    ['a Date', (at: number) => new Date(at)],
    ['ISO 8601', (at: number) => new Date(at).toISOString()],
    ['epoch milliseconds', (at: number) => at],
  ])('tells its times as %s', async (_, as) => {
    const [sendAt, expiresAt] = [Date.now() + 60_000, Date.now() + 120_000];
    await enqueue('one', { sendAt: as(sendAt), expiresAt: as(expiresAt) });
    await expect(line.waybill.get('one')).resolves.toMatchObject({
      sendAt: new Date(sendAt).toISOString(),
      expiresAt: new Date(expiresAt).toISOString(),
    });
  });

  it.each([new Date(Number.NaN), new Date(0), new Date(8.64e15)])(
    'is refused with the Date %p',
    async (sendAt) => {
      await expect(enqueue('one', { sendAt })).rejects.toMatchObject({ errors: [{ pointer: '/sendAt' }] });
    },
  );

  it('names an account that is known, here or to a worker', async () => {
    const other = createWaybill({ redis: redis.url });
    try {
      await expect(other.enqueue(requestTo(CLIENT))).rejects.toThrow(UnknownAccountError);
      await line.work();
      await eventually(async () => {
        await other.enqueue(requestTo(CLIENT));
        return true;
      });
    } finally {
      await other.close();
    }
  });

  it('tells what is worth a warning', async () => {
    const { warnings } = await enqueue('one', { fileUrl: 'https://files.internal/a.pdf' });
    expect(warnings).toEqual([expect.objectContaining({ pointer: '/fileUrl' })]);
  });
});

describe('many requests', () => {
  it('keep their order inside a conversation, and their places in the answer', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => `n${index}`);
    const requests = ids.map((id, index) =>
      requestTo(index % 3 === 2 ? `9725099${10_000 + index}` : CLIENT, { id, caption: id }),
    );
    const bad = requestTo('12', { id: 'bad' });
    const answers = await line.waybill.enqueueMany([...requests.slice(0, 7), bad, ...requests.slice(7)]);
    expect(answers[7]).toEqual({ error: expect.any(ValidationError) });
    expect(answers.filter((_, index) => index !== 7)).toEqual(
      ids.map((id) => expect.objectContaining({ id })),
    );
    const { lane } = openBench(redis.client);
    await expect(lane(CLIENT)).resolves.toEqual(ids.filter((_, index) => index % 3 !== 2));
  });

  it('keep their order on a server that does not have the scripts yet', async () => {
    await redis.client.script('FLUSH');
    const ids = Array.from({ length: 50 }, (_, index) => `n${index}`);
    await line.waybill.enqueueMany(ids.map((id) => requestTo(CLIENT, { id, caption: id })));
    await expect(openBench(redis.client).lane(CLIENT)).resolves.toEqual(ids);
  });

  it('keep their order when they are sent', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `n${index}`);
    await line.waybill.enqueueMany(ids.map((id) => requestTo(CLIENT, { id, caption: id })));
    await line.work();
    await eventually(() => line.sent().length === ids.length);
    expect(line.sent()).toEqual(ids);
  });
});

describe('cancel', () => {
  it('ends a delivery that is not being sent, and its job', async () => {
    await enqueue('one');
    await line.waybill.cancel('one');
    await line.work();
    await expect(enqueue('one')).resolves.toMatchObject({ duplicate: true, status: 'cancelled' });
    await expect(line.waybill.get('one')).resolves.toMatchObject({ status: 'cancelled' });
    expect(line.sandbox.accepted()).toEqual([]);
  });

  it('is refused after the end', async () => {
    await line.work();
    await enqueue('one');
    await accepted('one');
    await expect(line.waybill.cancel('one')).rejects.toMatchObject({
      code: 'ILLEGAL_STATE',
      status: 'accepted',
    });
  });

  it('knows what it does not know', async () => {
    await expect(line.waybill.cancel('nobody')).rejects.toThrow(NotFoundError);
    await expect(line.waybill.get('nobody')).rejects.toThrow(NotFoundError);
  });
});

describe('without Redis', () => {
  it('says that it is unavailable', async () => {
    const nowhere = createWaybill({ redis: 'redis://127.0.0.1:1', accounts: [{ from: FROM, name: 'shop' }] });
    try {
      await expect(nowhere.enqueue(requestTo(CLIENT))).rejects.toThrow(UnavailableError);
      await expect(nowhere.get('one')).rejects.toThrow(UnavailableError);
      const [answer] = await nowhere.enqueueMany([requestTo(CLIENT)]);
      expect(answer).toEqual({ error: expect.any(UnavailableError) });
    } finally {
      await nowhere.close();
    }
  });

  it('may be asked again with the same id when Redis stood still, and makes one delivery', async () => {
    await enqueue('before');
    await redis.server.kill('SIGSTOP');
    try {
      await expect(enqueue('one', { to: '972509999999' })).rejects.toThrow(UnavailableError);
    } finally {
      await redis.server.kill('SIGCONT');
    }
    await eventually(() => enqueue('one', { to: '972509999999' }));
    await line.work();
    await accepted('one');
    expect(line.sandbox.accepted({ to: '972509999999' })).toHaveLength(1);
  });
});

it('says at once that it was given no Redis', () => {
  expect(() => createWaybill({ redis: '' })).toThrow('redis must be a URL such as redis://127.0.0.1:6379');
});
