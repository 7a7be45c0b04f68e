import { Webhook } from 'standardwebhooks';
import type { WaybillEvent } from '../../src/domain/event.js';
import { publicLookup } from '../../src/push/lookup-public.js';
import { createSender, type PushEndpoint } from '../../src/push/sender.js';
import { type Answer, type Receiver, startReceiver } from './receiver.js';

const OLD = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const event: WaybillEvent = {
  id: '972771234567-1763815000000-0',
  type: 'account.paused',
  timestamp: '2025-11-22T12:36:40.000Z',
  data: {
    from: '972771234567',
    account: 'shop',
    reason: 'fire – 🔥',
    by: 'operator',
    who: null,
    source: null,
  },
};

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

async function send(more: Partial<PushEndpoint> = {}, secrets: readonly string[] = [NEW]) {
  const endpoint = { name: 'app', url: receiver.url, types: [], allowPrivate: true, ...more };
  const sender = createSender({ endpoint, secrets: () => secrets, now: Date.now });
  try {
    return await sender.send(event);
  } finally {
    await sender.close();
  }
}

it('posts the event as JSON, signed so that the library of the convention verifies it', async () => {
  expect(await send()).toEqual({ kind: 'taken' });
  const [pushed] = receiver.all;
  expect(pushed?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': event.id });
  expect(new Webhook(NEW).verify(pushed?.body ?? '', headersOf(pushed?.headers))).toEqual(event);
});

it('signs with every secret while one is being changed', async () => {
  await send({}, [NEW, OLD]);
  const [pushed] = receiver.all;
  for (const secret of [NEW, OLD])
    expect(new Webhook(secret).verify(pushed?.body ?? '', headersOf(pushed?.headers))).toEqual(event);
});

it('is not verified by another secret, nor once its body was changed', async () => {
  await send();
  const [pushed] = receiver.all;
  const verify = (secret: string, body: string) =>
    new Webhook(secret).verify(body, headersOf(pushed?.headers));
  expect(() => verify(OLD, pushed?.body ?? '')).toThrow('No matching signature');
  expect(() => verify(NEW, `${pushed?.body} `)).toThrow('No matching signature');
});

describe('the headers of an endpoint', () => {
  async function sendWith(headers: () => Readonly<Record<string, string>>) {
    const endpoint = { name: 'app', url: receiver.url, types: [], allowPrivate: true };
    const sender = createSender({ endpoint, secrets: () => [NEW], headers, now: Date.now });
    try {
      return [await sender.send(event), await sender.send(event)];
    } finally {
      await sender.close();
    }
  }

  it('go with each event beside the signature, as they are by then', async () => {
    const keys = ['Bearer one', 'Bearer two'];
    await sendWith(() => ({
      authorization: keys.shift() ?? '',
      'x-gateway': 'a, b',
      'user-agent': 'ours/1',
    }));
    expect(receiver.taken.map(({ headers }) => headers)).toMatchObject([
      { authorization: 'Bearer one', 'x-gateway': 'a, b', 'user-agent': 'ours/1' },
      { authorization: 'Bearer two', 'x-gateway': 'a, b', 'user-agent': 'ours/1' },
    ]);
    for (const { body, headers } of receiver.taken) {
      expect(new Webhook(NEW).verify(body, headersOf(headers))).toEqual(event);
      expect(body).not.toContain('Bearer');
    }
  });

  it('replace none of the signature’s', async () => {
    await sendWith(() => ({ 'webhook-id': 'forged', 'content-type': 'text/plain' }));
    expect(receiver.all[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': event.id,
    });
  });

  it('are not repeated where they cannot be sent', async () => {
    const results = await sendWith(() => ({ 'x-key': 'canary\r\nx: y' }));
    expect(JSON.stringify(results)).not.toContain('canary');
    expect(results).toMatchObject([{ reason: 'failed' }, { reason: 'failed' }]);
  });
});

it.each<readonly [Answer, object]>([
  [200, { kind: 'taken' }],
  [299, { kind: 'taken' }],
  [500, { kind: 'failed', reason: 'http_500', restMs: 0 }],
  [404, { kind: 'failed', reason: 'http_404', restMs: 0 }],
  [410, { kind: 'failed', reason: 'gone', restMs: 3_600_000 }],
  [
    { status: 503, headers: { 'retry-after': '7' } },
    { kind: 'failed', reason: 'http_503', restMs: 7000 },
  ],
  [
    { status: 429, headers: { 'retry-after': '999999' } },
    { kind: 'failed', reason: 'http_429', restMs: 3_600_000 },
  ],
])('takes the answer %j for what it is', async (answer, result) => {
  receiver.answerWith(() => answer);
  expect(await send()).toEqual(result);
});

it('follows no redirect', async () => {
  receiver.answerWith(() => ({ status: 307, headers: { location: receiver.url } }));
  expect(await send()).toMatchObject({ reason: 'http_307' });
  expect(receiver.all).toHaveLength(1);
});

it('says in a word that nobody listens', async () => {
  await receiver.goDown();
  expect(await send()).toMatchObject({ reason: 'refused' });
  await receiver.comeBack();
});

it('goes on to the next address of a name where nobody listens at the first', async () => {
  const url = receiver.url.replace('127.0.0.1', 'localhost');
  expect(await send({ url })).toEqual({ kind: 'taken' });
});

it.each([
  ['a literal address', (port: number) => `https://127.0.0.1:${port}/`],
  ['a number for an address', (port: number) => `https://2130706433:${port}/`],
  ['IPv6’s own machine', (port: number) => `https://[::1]:${port}/`],
  ['IPv4 inside IPv6', (port: number) => `https://[::ffff:127.0.0.1]:${port}/`],
  ['a name that leads to this machine', (port: number) => `https://localhost:${port}/`],
  ['plain http', (port: number) => `http://127.0.0.1:${port}/`],
])('refuses %s where private addresses are not allowed, without a connection', async (_, urlOf) => {
  const url = urlOf(receiver.port);
  expect(await send({ url, allowPrivate: false })).toMatchObject({ reason: 'private_address' });
  expect(receiver.all).toEqual([]);
});

function headersOf(headers: Receiver['all'][number]['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

describe('the addresses of an endpoint’s name', () => {
  const [IPV4, IPV6, NAT64] = ['93.184.216.34', '2606:4700::1111', '64:ff9b::6812:27e4'];
  const look = (addresses: readonly string[], all: boolean) =>
    new Promise<unknown>((resolve) => {
      const known = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      const lookup = publicLookup((_name, _options, answer) => answer(null, known));
      lookup('app.example.com', { all }, (error, found) => resolve(error ?? found));
    });

  it.each([[[IPV6, IPV4]], [[NAT64]], [[IPV4, NAT64]]])(
    'are tried in turn where all are public: %j',
    async (given) => {
      expect(await look(given, true)).toEqual(given.map((address) => expect.objectContaining({ address })));
      expect(await look(given, false)).toBe(given[0]);
    },
  );

  it.each([
    [[IPV4, '10.0.0.1']],
    [['64:ff9b::a00:1']],
    [['64:ff9b:1::808:808']],
    [['::ffff:8.8.8.8', IPV4]],
    [['2002:808:808::1']],
    [[]],
  ])('are all refused where one is not: %j', async (given) => {
    expect(await look(given, true)).toMatchObject({ name: 'PrivateAddressError' });
  });
});
