import { type Harness, JSON_TYPE, latch, openSocket, post, startHarness, TOKEN, until } from './harness.js';
import { ACCOUNT, CLIENT, INBOUND, UNIQUE, UPDATE } from './samples.js';

let harness: Harness;

async function start(options: Parameters<typeof startHarness>[0] = {}): Promise<Harness> {
  harness = await startHarness(options);
  return harness;
}

afterEach(() => harness.server.close());

const HEAD = `POST /webhooks/${TOKEN} HTTP/1.1\r\nhost: test\r\ncontent-type: ${JSON_TYPE}\r\n`;

describe('a store in trouble', () => {
  test('that fails: 503 with Retry-After, and the repetition is taken', async () => {
    const { hook, store, recorder } = await start();
    store.before = () => Promise.reject(new Error('connection is closed'));
    const answer = await post(hook, INBOUND);
    expect(answer).toMatchObject({ status: 503, body: '' });
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(recorder.refusals).toEqual(['503 store_failed']);
    store.before = async () => undefined;
    expect(await post(hook, INBOUND)).toMatchObject({ status: 200 });
  });

  test('that fails at one of several: 503, and the others are duplicates the next time', async () => {
    const { hook, store, recorder } = await start();
    let calls = 0;
    store.before = () => (++calls === 2 ? Promise.reject(new Error('once')) : Promise.resolve());
    expect(await post(hook, [INBOUND, UPDATE])).toMatchObject({ status: 503 });
    expect(await post(hook, [INBOUND, UPDATE])).toMatchObject({ status: 200 });
    expect(recorder.applied.map(({ result }) => result.kind)).toEqual(['applied', 'duplicate', 'early']);
  });

  test('that cannot keep what is not understood: 503', async () => {
    const { hook, store } = await start();
    store.before = () => Promise.reject(new Error('connection is closed'));
    expect(await post(hook, 'null')).toMatchObject({ status: 503 });
  });

  test('that does not answer: 503; when it does after all, the observer hears of it', async () => {
    const { hook, store, recorder } = await start({ limits: { storeMs: 20 } });
    const redis = latch();
    store.before = () => redis.opened;
    store.deliveries.set(UNIQUE, { id: 'dlv_1', status: 'accepted' });
    expect(await post(hook, UPDATE)).toMatchObject({ status: 503 });
    expect(recorder.refusals).toEqual(['503 store_late']);
    redis.open();
    await until(() => recorder.applied.length === 1);
  });

  test('that fails after it was given up disturbs nobody', async () => {
    const { hook, store, recorder } = await start({ limits: { storeMs: 20 } });
    const redis = latch();
    store.before = async () => {
      await redis.opened;
      throw new Error('connection is closed');
    };
    expect(await post(hook, UPDATE)).toMatchObject({ status: 503 });
    redis.open();
    store.before = async () => undefined;
    expect(await post(hook, INBOUND)).toMatchObject({ status: 200 });
    expect(recorder.applied).toHaveLength(1);
  });
});

describe('too much at once', () => {
  test('more in flight than the limit: 503 until one has ended; health still answers', async () => {
    const { hook, origin, store, recorder } = await start({ limits: { inFlight: 2 } });
    const redis = latch();
    let waiting = 0;
    store.before = () => {
      waiting += 1;
      return redis.opened;
    };
    const begun = [post(hook, INBOUND), post(hook, UPDATE)];
    await until(() => waiting === 2);
    const refused = await post(hook, INBOUND);
    expect(refused).toMatchObject({ status: 503, body: '' });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(recorder.refusals).toEqual(['503 busy']);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    redis.open();
    expect((await Promise.all(begun)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await post(hook, INBOUND)).toMatchObject({ status: 200 });
  });

  test('a client that goes away gives its place back', async () => {
    const { hook, server, store, recorder } = await start({ limits: { inFlight: 1, storeMs: 60_000 } });
    const [redis, begun] = [latch(), latch()];
    store.before = () => {
      begun.open();
      return redis.opened;
    };
    const { socket, received } = await openSocket(server.port);
    const body = JSON.stringify(INBOUND);
    socket.write(`${HEAD}content-length: ${body.length}\r\n\r\n${body}`);
    await begun.opened;
    expect(await post(hook, INBOUND)).toMatchObject({ status: 503 });
    socket.destroy();
    await received;
    store.before = async () => undefined;
    await untilStatus(hook, 200);
    redis.open();
    expect(new Set(recorder.refusals)).toEqual(new Set(['503 busy']));
  });

  test('a client that is slow in sending its body takes no place of others', async () => {
    const { hook, server } = await start({ limits: { inFlight: 1 } });
    const { socket } = await openSocket(server.port);
    socket.write(`${HEAD}content-length: 100\r\nexpect: 100-continue\r\n\r\n{"hook"`);
    await new Promise((resolve) => socket.once('data', resolve));
    expect(await post(hook, INBOUND)).toMatchObject({ status: 200 });
    socket.destroy();
  });

  test('more in bodies on their way than the limit: 503 for the one that is too many', async () => {
    const { hook, server, recorder } = await start({ limits: { heldBytes: 4000 } });
    const slow = await openSocket(server.port);
    slow.socket.write(`${HEAD}content-length: 4000\r\nexpect: 100-continue\r\n\r\n${'x'.repeat(3900)}`);
    await new Promise((resolve) => slow.socket.once('data', resolve));
    await untilStatus(hook, 503);
    expect(new Set(recorder.refusals)).toEqual(new Set(['503 busy']));
    slow.socket.destroy();
    await slow.received;
    await untilStatus(hook, 200);
  });

  test('more connections than the limit are not taken', async () => {
    const { server } = await start({ limits: { connections: 1 } });
    const first = await openSocket(server.port);
    const second = await openSocket(server.port);
    expect(await second.received).toBe('');
    first.socket.destroy();
  });
});

async function untilStatus(url: string, status: number): Promise<void> {
  const deadline = Date.now() + 5000;
  while ((await post(url, INBOUND)).status !== status) {
    if (Date.now() > deadline) throw new Error(`no ${status} in time`);
  }
}

describe('a slow client is cut', () => {
  const limits = { headersMs: 100, requestMs: 200, checkMs: 20 };

  test.each([
    ['in its headers', HEAD],
    ['in its body', `${HEAD}content-length: 100\r\n\r\n{"hook"`],
    ['in a chunked body', `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`],
  ])('%s', async (_name, beginning) => {
    const { server, recorder, store } = await start({ limits });
    const { socket, received } = await openSocket(server.port);
    socket.write(beginning);
    expect(await received).toMatch(/^HTTP\/1\.1 408 /);
    expect(recorder.refusals).toEqual(['408 too_slow']);
    expect(store.unread).toEqual([]);
  });

  test('before it said anything', async () => {
    const { server } = await start({ limits });
    const { received } = await openSocket(server.port);
    expect(await received).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('however steadily it drips', async () => {
    const { server, recorder } = await start({ limits });
    const { socket, received } = await openSocket(server.port);
    socket.write(HEAD);
    const drip = setInterval(() => socket.write('x-a: b\r\n'), 10);
    await received; // the answer itself may be lost in the reset
    clearInterval(drip);
    expect(recorder.refusals).toEqual(['408 too_slow']);
  });
});

describe('closing', () => {
  test('lets what has begun end, and hangs up after it', async () => {
    const { hook, server, store } = await start();
    const redis = latch();
    const begun = latch();
    store.before = () => {
      begun.open();
      return redis.opened;
    };
    const answer = post(hook, INBOUND);
    await begun.opened;
    const closed = server.close();
    redis.open();
    expect(await answer).toMatchObject({ status: 200 });
    expect((await answer).headers.get('connection')).toBe('close');
    await closed;
    await expect(post(hook, INBOUND)).rejects.toThrow('fetch failed');
  });

  test('refuses what comes on a connection that is still open', async () => {
    const { server, recorder, store } = await start();
    const redis = latch();
    const begun = latch();
    store.before = () => {
      begun.open();
      return redis.opened;
    };
    const { socket, received } = await openSocket(server.port);
    const body = JSON.stringify(INBOUND);
    const request = `${HEAD}content-length: ${body.length}\r\n\r\n${body}`;
    socket.write(request);
    await begun.opened;
    const closed = server.close();
    socket.write(request);
    await until(() => recorder.refusals.length === 1);
    redis.open();
    expect(await received).toMatch(/^HTTP\/1\.1 200 /);
    await closed;
    expect(recorder.refusals).toEqual(['503 draining']);
  });

  test('cuts what does not end in its time', async () => {
    const { server, hook, store } = await start({ limits: { drainMs: 20, storeMs: 60_000 } });
    const begun = latch();
    const redis = latch();
    store.before = () => {
      begun.open();
      return redis.opened;
    };
    const answer = post(hook, INBOUND).catch((error: unknown) => error);
    await begun.opened;
    await server.close();
    expect(await answer).toMatchObject({ message: 'fetch failed' });
    redis.open();
  });

  test('cuts a body that never comes', async () => {
    const { server } = await start({ limits: { drainMs: 20 } });
    const { socket, received } = await openSocket(server.port);
    socket.write(`${HEAD}content-length: 100\r\nexpect: 100-continue\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    await server.close();
    expect(await received).toMatch(/^HTTP\/1\.1 100 /);
  });

  test('twice is once', async () => {
    const { server } = await start();
    await Promise.all([server.close(), server.close()]);
    await server.close();
  });
});

test('no answer, log line or count holds the token or a full number', async () => {
  const { hook, origin, server, store, recorder } = await start({ limits: { storeMs: 50 } });
  const answers = [
    await post(hook, 'not json'),
    await post(hook, { ...INBOUND, to: '972500000000' }),
    await post(`${origin}/${TOKEN}`, INBOUND),
    await post(`${hook}?from=${CLIENT}`, INBOUND, { 'content-type': 'text/plain' }),
  ];
  store.deliveries.set(UNIQUE, { id: 'dlv_1', status: 'accepted' });
  answers.push(await post(hook, UPDATE));
  store.before = () => Promise.reject(redisError());
  answers.push(await post(hook, { ...INBOUND, unique: 'another' }));
  store.before = () => Promise.reject(CLIENT);
  answers.push(await post(hook, INBOUND));
  const { socket, received } = await openSocket(server.port);
  socket.write(`GET /webhooks/${TOKEN} HTTP/9\r\n\r\n`);
  const told = JSON.stringify([
    answers.map(({ headers, ...answer }) => ({ ...answer, headers: [...headers] })),
    recorder.lines,
    recorder.refusals,
    await received,
  ]);
  expect(answers.map(({ status }) => status)).toEqual([400, 200, 404, 200, 200, 503, 503]);
  expect(recorder.lines.length).toBeGreaterThanOrEqual(3);
  for (const secret of [TOKEN, ACCOUNT, CLIENT, '972500000000', UPDATE.from, UPDATE.to]) {
    expect(told).not.toContain(secret);
  }
});

/** The client library hangs the command, arguments and all, on its errors. */
function redisError(): Error {
  const error = new Error(`ERR wrong thing at ${CLIENT}`);
  return Object.assign(error, { code: 'ERR', command: { name: 'evalsha', args: [ACCOUNT, CLIENT, TOKEN] } });
}
