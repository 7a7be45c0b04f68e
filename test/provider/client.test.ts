import type { Socket } from 'node:net';
import { createProviderClient } from '../../src/provider/client.js';
import type { SendTemplateBody } from '../../src/provider/wire.js';
import { ATTEMPT, clientOf, FILE, NOW, OK } from './examples.js';
import { http, openRawProvider, type RawProvider } from './raw-provider.js';
import { withUntilEnd } from './until-end.js';

const untilEnd = withUntilEnd();

const ACCOUNT = { apiKey: FILE.apiKey, from: FILE.from };
const PAGE = { ...ACCOUNT, to: FILE.to, page: 1 };
const WEBHOOK = {
  ...ACCOUNT,
  url: 'https://hooks.example/t0ken',
  system: 1,
  readStatus: 1,
  retry: 1,
} as const;
const MESSAGE = {
  unique: '92E0',
  timestamp: '1772366400',
  direction: '2',
  from: FILE.from,
  to: FILE.to,
  type: 'File',
  state: 3,
  message: 'https://files.example/invoice.pdf',
  caption: 'Your invoice',
};

let provider: RawProvider;
let client: ReturnType<typeof clientOf>;
let answer: Buffer | ((socket: Socket) => void);

beforeEach(async () => {
  provider = untilEnd(
    await openRawProvider({
      onRequest: (socket) => {
        if (typeof answer === 'function') answer(socket);
        else socket.write(answer);
      },
    }),
  );
  client = untilEnd(clientOf(provider.url));
});

describe('a request', () => {
  it('is one POST of JSON below the base URL', async () => {
    answer = http(200, OK);
    await client.sendFile(FILE, ATTEMPT);
    const [head, body] = (provider.requests[0] ?? '').split('\r\n\r\n');
    expect(head).toMatch(/^POST \/v2\/sendFile HTTP\/1\.1\r\n/);
    expect(head).toMatch(/\r\ncontent-type: application\/json\r\n/);
    expect(JSON.parse(body ?? '')).toEqual(FILE);
  });

  it('goes to the call of its name', async () => {
    answer = http(200, OK);
    const template: SendTemplateBody = {
      ...ACCOUNT,
      to: FILE.to,
      name: 'invoice',
      headerType: 1,
      bodyVariable1: 'a',
    };
    expect(await client.sendTemplate(template, ATTEMPT)).toMatchObject({ kind: 'accepted' });
    await client.getHistory(PAGE);
    await client.setWebhook(WEBHOOK);
    await client.getWebhook(ACCOUNT);
    expect(provider.requests.map((request) => request.split(' ')[1])).toEqual([
      '/v2/sendTemplate',
      '/v2/getHistory',
      '/v2/setWebhook',
      '/v2/getWebhook',
    ]);
  });

  it('is not repeated on a kept socket that the server has ended', async () => {
    answer = (socket) => socket.end(http(200, OK));
    await client.sendFile(FILE, ATTEMPT);
    await provider.quiet();
    expect(await client.sendFile(FILE, ATTEMPT)).toMatchObject({ kind: 'accepted' });
    expect(provider.requests).toHaveLength(2);
  });
});

describe('the echo of the request', () => {
  const echo = http(200, `{"status":"OK","originalRequest":"key ${FILE.apiKey} to ${FILE.to}"}`);

  it('is kept when it was asked for, without the key', async () => {
    answer = echo;
    const outcome = await client.sendFile({ ...FILE, showRequest: 1 }, ATTEMPT);
    expect(outcome).toMatchObject({ acceptance: { originalRequest: `key [hidden] to ${FILE.to}` } });
  });

  it('is dropped when it was not', async () => {
    answer = echo;
    expect(JSON.stringify(await client.sendFile(FILE, ATTEMPT))).not.toContain('originalRequest');
  });
});

describe('history', () => {
  it('is a page of messages', async () => {
    answer = http(200, JSON.stringify([MESSAGE]));
    expect(await client.getHistory(PAGE)).toEqual({
      kind: 'page',
      messages: [
        {
          ...MESSAGE,
          message: undefined,
          timestamp: 1_772_366_400_000,
          direction: 'out',
          type: 'file',
          state: '3',
          text: MESSAGE.message,
        },
      ],
      skipped: 0,
    });
  });

  it('counts what it cannot read', async () => {
    const odd = [
      null,
      'text',
      [],
      {},
      { ...MESSAGE, unique: '' },
      { ...MESSAGE, timestamp: 'x' },
      { ...MESSAGE, direction: 3 },
    ];
    const inbound = { unique: 7, timestamp: 1_772_366_400, direction: 'Incoming' };
    answer = http(200, JSON.stringify([...odd, inbound]));
    const page = await client.getHistory(PAGE);
    expect(page).toMatchObject({ kind: 'page', skipped: odd.length });
    expect(page).toMatchObject({ messages: [{ unique: '7', direction: 'in', type: null, text: null }] });
  });

  it('may be longer than the answer to a send', async () => {
    answer = http(200, JSON.stringify(Array(50).fill({ ...MESSAGE, message: 'א'.repeat(4096) })));
    const page = await client.getHistory(PAGE);
    expect(page.kind === 'page' && page.messages.length).toBe(50);
  });

  it.each([
    ['a FAIL', http(200, '{"status":"FAIL","reason":3}'), { kind: 'account_error', reason: '3' }],
    ['OK without a list', http(200, OK), { kind: 'unknown', reason: 'no_list' }],
    ['a list in a 500', http(500, '[]'), { kind: 'unknown', reason: 'http_500' }],
    ['a 429', http(429, '', { 'retry-after': '9' }), { kind: 'throttled', retryAfterMs: 9000 }],
    ['a page of HTML', http(200, '<html>'), { kind: 'unknown', reason: 'not_json' }],
  ])('fails on %s', async (_name, bytes, outcome) => {
    answer = bytes;
    expect(await client.getHistory(PAGE)).toMatchObject({ kind: 'failed', outcome });
  });

  it('fails when nobody answers', async () => {
    answer = () => {};
    const { url: baseUrl } = provider;
    const impatient = untilEnd(createProviderClient({ baseUrl, now: () => NOW, questionTimeoutMs: 100 }));
    expect(await impatient.getHistory(PAGE)).toMatchObject({
      kind: 'failed',
      outcome: { reason: 'timeout' },
    });
  });
});

describe('the webhook', () => {
  it('is read back', async () => {
    answer = http(
      200,
      '{"status":"OK","url":"https://hooks.example/t0ken","system":1,"readStatus":"1","retry":false,"systemPhoneAlert":"","more":{},"reason":1}',
    );
    expect(await client.getWebhook(ACCOUNT)).toEqual({
      kind: 'settings',
      settings: {
        url: WEBHOOK.url,
        system: true,
        readStatus: true,
        retry: false,
        others: { systemPhoneAlert: '' },
      },
    });
  });

  it('is set', async () => {
    answer = http(200, '{"status":"OK","reason":1}');
    expect(await client.setWebhook(WEBHOOK)).toEqual({ kind: 'done' });
  });

  it('says why it is neither read nor set', async () => {
    answer = http(200, '{"status":"FAIL","reason":2}');
    const failed = { kind: 'failed', outcome: { kind: 'account_error', reason: '2' } };
    expect(await client.getWebhook(ACCOUNT)).toMatchObject(failed);
    expect(await client.setWebhook(WEBHOOK)).toMatchObject(failed);
  });
});

describe('closing', () => {
  it('lets what is in flight end, and sends nothing more', async () => {
    let release = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      answer = (socket) => {
        release = () => socket.write(http(200, OK));
        resolve();
      };
    });
    const sending = client.sendFile(FILE, ATTEMPT);
    await arrived;
    const closing = client.close();
    expect(await client.sendFile(FILE, ATTEMPT)).toMatchObject({ kind: 'not_sent', reason: 'closed' });
    release();
    expect(await sending).toMatchObject({ kind: 'accepted' });
    await Promise.all([closing, client.close()]);
    await provider.quiet();
    expect(provider.requests).toHaveLength(1);
  });

  it('needs no connection to have been opened', async () => {
    const idle = clientOf('https://nowhere.invalid');
    await idle.close();
    expect(await idle.sendFile(FILE, ATTEMPT)).toMatchObject({ kind: 'not_sent', reason: 'closed' });
  });
});

it('refuses a base URL that is none', () => {
  expect(() => clientOf('not a URL')).toThrow('Invalid URL');
});
