import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { MediaType } from '../../src/domain/media.js';
import { createTunnels } from '../../src/network/tunnel.js';
import { inspect } from '../../src/preflight/inspect.js';
import { createPreflight } from '../../src/preflight/preflight.js';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.js';
import { type FileHost, PUBLIC, pdf, startFileHost } from './file-host.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const LINK = 'https://files.example.com/a.pdf';

let host: FileHost;
beforeEach(async () => {
  host = await startFileHost();
  host.lead('*', PUBLIC);
});
afterEach(() => host.close());

function look(fileUrl = LINK, mediaType: MediaType = 'document') {
  return inspect({ fileUrl, mediaType }, { network: host.network, now: () => NOW });
}

function answer(status: number, headers: Record<string, string> = {}) {
  host.answerWith((_, response) => response.writeHead(status, headers).end());
}

it('asks for the first byte alone, with nothing that belongs to us', async () => {
  expect(await look(`${LINK}?sig=1`)).toEqual({
    kind: 'fine',
    reason: 'ok',
    detail: 'application/pdf, 1000 bytes',
  });
  expect(host.asked).toEqual([
    {
      method: 'GET',
      url: '/a.pdf?sig=1',
      headers: {
        host: 'files.example.com',
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'waybill',
        range: 'bytes=0-0',
        connection: 'close',
      },
    },
  ]);
});

it.each([
  [404, 'missing', 'link_missing'],
  [410, 'missing', 'link_missing'],
  [401, 'doubtful', 'link_forbidden'],
  [402, 'doubtful', 'link_forbidden'],
  [403, 'doubtful', 'link_forbidden'],
  [407, 'doubtful', 'link_forbidden'],
  [451, 'doubtful', 'link_forbidden'],
  [405, 'doubtful', 'http_405'],
  [406, 'doubtful', 'http_406'],
  [418, 'doubtful', 'http_418'],
  [429, 'doubtful', 'http_429'],
  [503, 'doubtful', 'http_503'],
  [408, 'unclear', 'http_408'],
  [500, 'unclear', 'http_500'],
  [502, 'unclear', 'http_502'],
  [504, 'unclear', 'http_504'],
  [304, 'unclear', 'http_304'],
  [302, 'unclear', 'http_302'],
])('takes HTTP %i for %s %s', async (status, kind, reason) => {
  answer(status);
  expect(await look()).toMatchObject({ kind, reason });
});

it.each<[MediaType, string, string, string]>([
  ['document', 'a.pdf', 'text/html; charset=utf-8', 'doubtful'],
  ['document', 'a.pdf', 'TEXT/HTML', 'doubtful'],
  ['image', 'a.png', 'application/xhtml+xml', 'doubtful'],
  ['document', 'a.pdf', 'application/json', 'fault'],
  ['document', 'a.pdf', 'image/png', 'fault'],
  ['image', 'a.png', 'video/mp4', 'fault'],
  ['audio', 'a.mp3', 'image/png', 'fault'],
  ['document', 'a.txt', 'text/html', 'fine'],
  ['document', 'a.pdf', 'application/octet-stream', 'fine'],
  ['document', 'a.docx', 'application/zip', 'fine'],
  ['document', 'a.doc', 'text/plain', 'fine'],
  ['audio', 'a.ogg', 'video/ogg', 'fine'],
  ['video', 'a.3gpp', 'audio/3gpp', 'fine'],
  ['image', 'a.jpg', 'image/png', 'fine'],
  ['image', 'a.jpg', '"><script>', 'fine'],
])('of a %s at %s that is served as %s, it says %s', async (...[mediaType, path, type, kind]) => {
  answer(200, { 'content-type': type, 'content-length': '10' });
  expect((await look(`https://files.example.com/${path}`, mediaType)).kind).toBe(kind);
});

it.each<[string, number, Record<string, string>, object]>([
  ['by its range', 206, { 'content-range': `bytes 0-0/${6 * 2 ** 20}` }, { reason: 'file_too_large' }],
  ['by its length', 200, { 'content-length': `${6 * 2 ** 20}` }, { reason: 'file_too_large' }],
  ['of a limit’s last byte', 206, { 'content-range': `bytes 0-0/${5 * 2 ** 20}` }, { kind: 'fine' }],
  ['not told', 206, { 'content-range': 'bytes 0-0/*' }, { kind: 'fine', detail: '' }],
  ['told wrongly', 206, { 'content-range': 'bytes 0-0/12345678901234567890' }, { kind: 'fine' }],
  ['of an encoding', 200, { 'content-length': '99999999', 'content-encoding': 'gzip' }, { kind: 'fine' }],
])('reads a size %s', async (...[, status, headers, found]) => {
  answer(status, headers);
  expect(await look('https://files.example.com/a.png', 'image')).toMatchObject(found);
});

it('reads no more than the headers of what is endless, or grows when it is unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  let written = 0;
  host.answerWith((_, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf', 'content-encoding': 'gzip' });
    const pour = () => {
      while (!response.destroyed && response.write(bomb)) written += bomb.length;
    };
    response.on('drain', pour);
    pour();
    response.on('error', () => undefined);
  });
  expect(await look()).toMatchObject({ kind: 'fine' });
  expect(written).toBeLessThan(50_000_000);
});

it('asks for the whole where a part is refused, and finds an empty file so', async () => {
  host.answerWith((request, response) => {
    const ranged = request.headers.range !== undefined;
    response.writeHead(ranged ? 416 : 200, { 'content-length': '0' }).end();
  });
  expect(await look()).toMatchObject({ kind: 'fault', reason: 'file_empty' });
  expect(host.asked.map(({ headers }) => headers.range)).toEqual(['bytes=0-0', undefined]);
});

it.each([
  ['https://files.example.com/a.pdf?X-Amz-Date=20251231T000000Z&X-Amz-Expires=86400', 'link_expired'],
  ['https://files.example.com/a.pdf?X-Amz-Date=20251231T000001Z&X-Amz-Expires=86400', 'ok'],
  ['https://files.example.com/a.pdf?se=2025-12-31T23%3A59%3A59Z', 'link_expired'],
])('holds the own expiry of %s against the clock: %s', async (link, reason) => {
  expect((await look(link)).reason).toBe(reason);
  expect(host.asked).toHaveLength(reason === 'ok' ? 1 : 0);
});

it('follows three redirects, each of them looked up anew, and no fourth', async () => {
  host.answerWith((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left > 0) response.writeHead(307, { location: `https://h${left}.example.com/${left - 1}` }).end();
    else pdf(response);
  });
  expect(await look('https://files.example.com/3', 'document')).toMatchObject({ kind: 'fine' });
  expect(host.asked.map(({ headers }) => headers.host)).toEqual([
    'files.example.com',
    'h3.example.com',
    'h2.example.com',
    'h1.example.com',
  ]);
  expect(await look('https://files.example.com/4', 'document')).toMatchObject({ reason: 'redirects' });
});

it('takes no certificate that is another name’s, nor one that nobody vouches for', async () => {
  host.lead('files.example.org', PUBLIC);
  expect(await look('https://files.example.org/a.pdf')).toMatchObject({ kind: 'unclear', reason: 'tls' });
  const { ca: _, ...network } = host.network;
  const found = await inspect({ fileUrl: LINK, mediaType: 'document' }, { network, now: () => NOW });
  expect(found).toMatchObject({ kind: 'unclear', reason: 'tls' });
  expect(host.asked).toEqual([]);
});

it('says of a name that nobody knows that it could not be looked up', async () => {
  host.lead('*');
  expect(await look()).toMatchObject({ kind: 'unclear', reason: 'dns' });
});

it.each(['NODE_TLS_REJECT_UNAUTHORIZED', 'HTTPS_PROXY'])('does not heed %s', async (name) => {
  const before = process.env[name];
  process.env[name] = name === 'HTTPS_PROXY' ? 'http://127.0.0.1:9' : '0';
  try {
    const { ca: _, ...network } = host.network;
    const found = await inspect({ fileUrl: LINK, mediaType: 'document' }, { network, now: () => NOW });
    expect(found.reason).toBe('tls');
    expect(await look()).toMatchObject({ kind: 'fine' });
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
});

describe('a host that speaks no proper HTTPS', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it.each([
    ['cuts the connection', (): string => '', 'reset'],
    ['speaks plain HTTP', (): string => 'HTTP/1.1 200 OK\r\n\r\n', 'tls'],
  ])('%s', async (_, says, reason) => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(says()));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = Object(server.address());
    const network = { ...host.network, dial: () => ({ host: '127.0.0.1', port }) };
    const found = await inspect({ fileUrl: LINK, mediaType: 'document' }, { network, now: () => NOW });
    expect(found).toMatchObject({ kind: 'unclear', reason });
  });
});

it('looks once at a link that many deliveries share, and again when that is long ago', async () => {
  let now = NOW;
  const preflight = createPreflight({ network: host.network, now: () => now });
  const file = { fileUrl: LINK, mediaType: 'document' } as const;
  const found = await Promise.all(Array.from({ length: 20 }, () => preflight(file)));
  expect(new Set(found.map(({ reason }) => reason))).toEqual(new Set(['ok']));
  expect(host.asked).toHaveLength(1);
  now += 5 * 60_000;
  await preflight(file);
  expect(host.asked).toHaveLength(2);
});

it('remembers for ten seconds only what it did not find fine', async () => {
  let now = NOW;
  const preflight = createPreflight({ network: host.network, now: () => now });
  const file = { fileUrl: LINK, mediaType: 'document' } as const;
  answer(404);
  expect(await preflight(file)).toMatchObject({ kind: 'missing' });
  host.answerWith((_, response) => pdf(response));
  expect(await preflight(file)).toMatchObject({ kind: 'missing' });
  now += 10_000;
  expect(await preflight(file)).toMatchObject({ kind: 'fine' });
});

describe('through a proxy', () => {
  let proxy: ConnectProxy;
  beforeEach(async () => {
    proxy = await startConnectProxy({ 'files.example.com:443': host.network.dial(PUBLIC).port });
    host.dialled.length = 0;
  });
  afterEach(() => proxy.close());

  function lookThrough(fileUrl = LINK) {
    const address = { host: '127.0.0.1', port: proxy.port, tls: false };
    const rules = { https: address, http: null, except: ['direct.example.com'] };
    const tunnelTo = createTunnels({ rules, authorization: () => null });
    const network = { ...host.network, tunnelTo };
    return inspect({ fileUrl, mediaType: 'document' }, { network, now: () => NOW });
  }

  it.each([
    ['a public name', [PUBLIC]],
    ['a name that nobody here knows', []],
  ])('asks for the file of %s', async (_what, addresses) => {
    host.lead('*', ...addresses);
    expect(await lookThrough()).toMatchObject({ kind: 'fine', detail: 'application/pdf, 1000 bytes' });
    expect(proxy.asked.map(({ authority }) => authority)).toEqual(['files.example.com:443']);
    expect(host.dialled).toEqual([]);
  });

  it.each([
    'https://127.0.0.1/a.pdf',
    'https://[64:ff9b::a00:1]/a.pdf',
    'https://metadata.google.internal/a.pdf',
    LINK,
  ])('asks no proxy for what is private: %s', async (link) => {
    host.lead('*', '10.0.0.1');
    expect(['link_not_public', 'not_asked']).toContain((await lookThrough(link)).reason);
    expect(proxy.asked).toEqual([]);
  });

  it.each([403, 407, 502, 'hangs up'] as const)('learns nothing where the proxy says %p', async (answer) => {
    proxy.answerWith(answer);
    expect(await lookThrough()).toMatchObject({ kind: 'unclear', reason: 'proxy' });
  });

  it('takes no certificate that the proxy made up', async () => {
    const { ca: _, ...network } = host.network;
    const rules = { https: { host: '127.0.0.1', port: proxy.port, tls: false }, http: null, except: [] };
    const tunnelTo = createTunnels({ rules, authorization: () => null });
    const asked = { network: { ...network, tunnelTo }, now: () => NOW };
    expect(await inspect({ fileUrl: LINK, mediaType: 'document' }, asked)).toMatchObject({ reason: 'tls' });
  });

  it('goes past the proxy to a host that needs none', async () => {
    expect(await lookThrough('https://direct.example.com/a.pdf')).toMatchObject({ kind: 'fine' });
    expect(proxy.asked).toEqual([]);
    expect(host.dialled).toEqual([PUBLIC]);
  });
});
