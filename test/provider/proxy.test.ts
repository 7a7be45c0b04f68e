import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import type { ProxyRules } from '../../src/domain/proxy.js';
import { createTunnels } from '../../src/network/tunnel.js';
import { createProviderClient } from '../../src/provider/client.js';
import { type ConnectProxy, type ProxyAnswer, startConnectProxy } from '../support/connect-proxy.js';
import { ATTEMPT, FILE, NOW, OK } from './examples.js';
import { http, portOf } from './raw-provider.js';
import { withUntilEnd } from './until-end.js';

const untilEnd = withUntilEnd();

// The provider by its name, which nobody but the proxy can look up.
const NAME = 'provider.example';
const AUTHORITY = `${NAME}:443`;
const CREDENTIALS = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;

type Plan = {
  readonly onBytes?: (socket: TLSSocket) => void;
  /** Hangs up before the TLS handshake. */
  readonly isRude?: boolean;
};

async function openProvider({ onBytes, isRude = false }: Plan) {
  const { private: key, cert } = await generate([{ name: 'commonName', value: NAME }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  let bytesRead = 0;
  const sockets = new Set<Socket>();
  const onSecure = (socket: TLSSocket) =>
    socket.on('data', (chunk: Buffer) => {
      bytesRead += chunk.length;
      if (onBytes !== undefined) return onBytes(socket);
      // The end of the request's JSON.
      if (chunk.at(-1) === '}'.charCodeAt(0)) socket.write(http(200, OK));
    });
  const server = isRude
    ? createServer((socket) => socket.destroy())
    : createTlsServer({ key, cert }, onSecure);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return untilEnd({
    port: portOf(server.address()),
    ca: cert,
    bytesRead: () => bytesRead,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
}

type Provider = Awaited<ReturnType<typeof openProvider>>;

function through(proxy: Pick<ConnectProxy, 'port'>, { ca }: Provider, connectTimeoutMs = 5000) {
  const address = { host: '127.0.0.1', port: proxy.port, tls: false };
  const rules: ProxyRules = { https: address, http: null, except: [] };
  return untilEnd(
    createProviderClient({
      baseUrl: `https://${NAME}/v2`,
      ca,
      connections: 1,
      connectTimeoutMs,
      tunnelTo: createTunnels({ rules, authorization: () => CREDENTIALS }),
      now: () => NOW,
    }),
  );
}

async function openBoth(plan: Plan = {}) {
  const provider = await openProvider(plan);
  const proxy = untilEnd(await startConnectProxy({ [AUTHORITY]: provider.port }));
  return { provider, proxy };
}

it('sends through a tunnel, with the proxy’s credentials, and keeps the tunnel for the next one', async () => {
  const { provider, proxy } = await openBoth();
  const client = through(proxy, provider);
  expect(await client.sendFile(FILE, ATTEMPT)).toMatchObject({ kind: 'accepted' });
  expect(await client.sendFile(FILE, ATTEMPT)).toMatchObject({ kind: 'accepted' });
  expect(proxy.asked).toEqual([{ authority: AUTHORITY, authorization: CREDENTIALS }]);
});

it.each<[ProxyAnswer, string]>([
  [407, 'the proxy answered HTTP 407'],
  [403, 'the proxy answered HTTP 403'],
  [401, 'the proxy answered HTTP 401'],
  [429, 'the proxy answered HTTP 429'],
  [500, 'the proxy answered HTTP 500'],
  [502, 'the proxy answered HTTP 502'],
  [503, 'the proxy answered HTTP 503'],
  [504, 'the proxy answered HTTP 504'],
  [302, 'the proxy answered HTTP 302'],
  ['hangs up', 'the proxy cannot be reached (ECONNRESET)'],
  ['speaks no HTTP', 'the proxy cannot be reached (HPE_INVALID_CONSTANT)'],
])('takes a proxy that says %p to CONNECT for an attempt that was not sent', async (answer, detail) => {
  const { provider, proxy } = await openBoth();
  proxy.answerWith(answer);
  const outcome = await through(proxy, provider).sendFile(FILE, ATTEMPT);
  expect(outcome).toEqual({ kind: 'not_sent', reason: 'proxy', detail });
  expect(JSON.stringify(outcome)).not.toContain(CREDENTIALS);
  expect(provider.bytesRead()).toBe(0);
});

it('does not wait for a proxy that says nothing', async () => {
  const { provider, proxy } = await openBoth();
  proxy.answerWith('is silent');
  const outcome = await through(proxy, provider, 100).sendFile(FILE, ATTEMPT);
  expect(outcome).toEqual({ kind: 'not_sent', reason: 'proxy', detail: 'the proxy did not answer in time' });
});

it('takes a proxy that is not there for an attempt that was not sent, and tries again by itself', async () => {
  const { provider, proxy } = await openBoth();
  await proxy.close();
  const client = through(proxy, provider);
  for (const _ of [1, 2]) {
    expect(await client.sendFile(FILE, ATTEMPT)).toMatchObject({ kind: 'not_sent', reason: 'proxy' });
  }
});

it('sends nothing when the tunnel ends before TLS stands', async () => {
  const { provider, proxy } = await openBoth({ isRude: true });
  expect(await through(proxy, provider).sendFile(FILE, ATTEMPT)).toMatchObject({ kind: 'not_sent' });
});

it('sends nothing to a certificate that is not the provider’s, whatever the proxy says', async () => {
  const { provider, proxy } = await openBoth();
  const other = await openProvider({});
  const outcome = await through(proxy, { ...provider, ca: other.ca }).sendFile(FILE, ATTEMPT);
  expect(outcome).toMatchObject({ kind: 'not_sent', reason: 'tls' });
  expect(provider.bytesRead()).toBe(0);
});

it('knows nothing of an attempt whose tunnel breaks once the request is in it', async () => {
  const { provider, proxy } = await openBoth({ onBytes: (socket) => socket.destroy() });
  const outcome = await through(proxy, provider).sendFile(FILE, ATTEMPT);
  expect(outcome).toMatchObject({ kind: 'unknown', reason: 'reset' });
});

it.each([502, 503, 407])('takes HTTP %i from inside the tunnel for the provider’s own', async (status) => {
  const { provider, proxy } = await openBoth({ onBytes: (socket) => socket.write(http(status, 'no')) });
  const { kind, reason } = await through(proxy, provider).sendFile(FILE, ATTEMPT);
  expect([kind, reason]).toEqual([status === 407 ? 'rejected' : 'unknown', `http_${status}`]);
});

it('leaves not one byte of a claim that grows too old while the tunnel opens', async () => {
  const { provider, proxy } = await openBoth();
  let asked = 0;
  const mayWrite = () => {
    asked += 1;
    return asked === 1;
  };
  const outcome = await through(proxy, provider).sendFile(FILE, { ...ATTEMPT, mayWrite });
  expect(outcome).toMatchObject({ kind: 'not_sent', reason: 'stale' });
  expect(proxy.asked).toHaveLength(1);
  expect(provider.bytesRead()).toBe(0);
});

it('speaks to a proxy by TLS only where somebody vouches for it', async () => {
  const { provider } = await openBoth();
  const rules: ProxyRules = {
    https: { host: '127.0.0.1', port: provider.port, tls: true },
    http: null,
    except: [],
  };
  const tunnelTo = createTunnels({ rules, authorization: () => CREDENTIALS });
  const client = untilEnd(createProviderClient({ baseUrl: `https://${NAME}/v2`, tunnelTo, now: () => NOW }));
  const outcome = await client.sendFile(FILE, ATTEMPT);
  expect(outcome).toMatchObject({ kind: 'not_sent', reason: 'proxy' });
  expect(provider.bytesRead()).toBe(0);
});
