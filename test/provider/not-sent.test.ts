import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { createProviderClient, type ProviderClientOptions } from '../../src/provider/client.js';
import { ATTEMPT, FILE, NOW, OK } from './examples.js';
import { http, openRawProvider, portOf } from './raw-provider.js';
import { withUntilEnd } from './until-end.js';

const untilEnd = withUntilEnd();

const notSent = (reason: string) => ({ kind: 'not_sent', reason });

/** Sends once through a client of its own. */
async function sendTo(options: Omit<ProviderClientOptions, 'now'>, attempt = ATTEMPT) {
  const client = untilEnd(createProviderClient({ ...options, now: () => NOW }));
  try {
    return await client.sendFile(FILE, attempt);
  } finally {
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  server.close();
  await once(server, 'close');
  return port;
}

describe('a provider that cannot be reached', () => {
  it('refuses the connection', async () => {
    const outcome = await sendTo({ baseUrl: `http://127.0.0.1:${await freePort()}` });
    expect(outcome).toEqual({ ...notSent('refused'), detail: 'connect ECONNREFUSED [number]:[number]' });
  });

  it('has a name that does not resolve', async () => {
    expect(await sendTo({ baseUrl: 'https://nowhere.invalid/v2' })).toMatchObject(notSent('dns'));
  });

  it('does not finish the TLS handshake within the connect timeout', async () => {
    const silent = untilEnd(await openRawProvider({}));
    const baseUrl = silent.url.replace('http:', 'https:');
    expect(await sendTo({ baseUrl, connectTimeoutMs: 100 })).toMatchObject(notSent('connect_timeout'));
  });

  it('does not finish the TLS handshake within the whole timeout', async () => {
    const silent = untilEnd(await openRawProvider({}));
    const baseUrl = silent.url.replace('http:', 'https:');
    const outcome = await sendTo({ baseUrl }, { ...ATTEMPT, timeoutMs: 100 });
    expect(outcome).toMatchObject(notSent('connect_timeout'));
  });

  it('answers the TLS handshake in plain text', async () => {
    const plain = untilEnd(await openRawProvider({ onBytes: (socket) => socket.end(http(400)) }));
    expect(await sendTo({ baseUrl: plain.url.replace('http:', 'https:') })).toMatchObject(notSent('tls'));
  });

  it('drops the connection in the TLS handshake', async () => {
    const rude = untilEnd(await openRawProvider({ onBytes: (socket) => socket.resetAndDestroy() }));
    expect(await sendTo({ baseUrl: rude.url.replace('http:', 'https:') })).toMatchObject(notSent('reset'));
  });
});

describe('TLS', () => {
  it('sends nothing to a certificate that is not trusted', async () => {
    const provider = untilEnd(await openTlsProvider('localhost'));
    expect(await sendTo({ baseUrl: `https://localhost:${provider.port}` })).toMatchObject(notSent('tls'));
    expect(provider.bytesRead()).toBe(0);
  });

  it('sends nothing to a certificate for another name', async () => {
    const provider = untilEnd(await openTlsProvider('elsewhere.example'));
    const baseUrl = `https://localhost:${provider.port}`;
    expect(await sendTo({ baseUrl, ca: provider.ca })).toMatchObject(notSent('tls'));
    expect(provider.bytesRead()).toBe(0);
  });

  it('sends to a certificate that the given authority signed', async () => {
    const provider = untilEnd(await openTlsProvider('localhost'));
    const outcome = await sendTo({ baseUrl: `https://localhost:${provider.port}`, ca: provider.ca });
    expect(outcome).toMatchObject({ kind: 'accepted' });
  });
});

describe('an attempt that may no longer be written', () => {
  it('is not even dispatched', async () => {
    const provider = untilEnd(await openRawProvider({}));
    const outcome = await sendTo({ baseUrl: provider.url }, { ...ATTEMPT, mayWrite: () => false });
    expect(outcome).toMatchObject(notSent('stale'));
    expect(provider.connections()).toBe(0);
  });

  // Pins what Post relies on: undici asks in the tick in which it would write, and an abort there writes nothing.
  it('leaves not one byte when it turns stale between dispatch and connect', async () => {
    const provider = untilEnd(await openRawProvider({}));
    const outcome = await sendTo({ baseUrl: provider.url }, { ...ATTEMPT, mayWrite: trueOnce() });
    await provider.quiet();
    expect(outcome).toMatchObject(notSent('stale'));
    expect(provider.connections()).toBe(1);
    expect(provider.bytesRead()).toBe(0);
  });

  it('leaves not one byte on a socket that is used again, and destroys it', async () => {
    const provider = untilEnd(await openRawProvider({ onRequest: (socket) => socket.write(http(200, OK)) }));
    const client = untilEnd(createProviderClient({ baseUrl: provider.url, connections: 1, now: () => NOW }));
    await client.sendFile(FILE, ATTEMPT);
    const before = provider.bytesRead();
    expect(await client.sendFile(FILE, { ...ATTEMPT, mayWrite: trueOnce() })).toMatchObject(notSent('stale'));
    await provider.quiet();
    expect(provider.bytesRead()).toBe(before);
    expect(provider.connections()).toBe(1);
    expect(await client.sendFile(FILE, ATTEMPT)).toMatchObject({ kind: 'accepted' });
  });
});

describe('an attempt that is aborted', () => {
  it('before dispatch is not sent', async () => {
    const provider = untilEnd(await openRawProvider({}));
    const outcome = await sendTo({ baseUrl: provider.url }, { ...ATTEMPT, signal: AbortSignal.abort() });
    expect(outcome).toMatchObject(notSent('aborted'));
    expect(provider.connections()).toBe(0);
  });

  it('while connecting is not sent, nor once connected', async () => {
    const provider = untilEnd(await openTlsProvider('localhost'));
    const controller = new AbortController();
    provider.onConnection(() => controller.abort());
    const baseUrl = `https://localhost:${provider.port}`;
    const client = untilEnd(createProviderClient({ baseUrl, ca: provider.ca, now: () => NOW }));
    const outcome = await client.sendFile(FILE, { ...ATTEMPT, signal: controller.signal });
    expect(outcome).toMatchObject(notSent('aborted'));
    // The handshake goes on; the socket closes when the request's turn comes and it is not written.
    await provider.quiet();
    expect(provider.bytesRead()).toBe(0);
  });

  it('after the request was read is unknown, and its socket is destroyed', async () => {
    const controller = new AbortController();
    const provider = untilEnd(await openRawProvider({ onRequest: () => controller.abort() }));
    const outcome = await sendTo({ baseUrl: provider.url }, { ...ATTEMPT, signal: controller.signal });
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'aborted' });
    await provider.quiet();
    expect(provider.requests).toHaveLength(1);
  });
});

/** True before dispatch, false when the headers are about to be written. */
function trueOnce(): () => boolean {
  let asked = 0;
  return () => {
    asked += 1;
    return asked === 1;
  };
}

/** Accepts every request, over TLS. */
async function openTlsProvider(name: string) {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  const sockets = new Set<Socket>();
  let bytesRead = 0;
  const server = createTlsServer({ key, cert }, (socket) => {
    socket.on('data', (chunk) => {
      bytesRead += chunk.length;
      socket.write(http(200, OK));
    });
  });
  server.on('tlsClientError', () => {});
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      server.emit('socket closed');
    });
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    port: portOf(server.address()),
    ca: cert,
    bytesRead: () => bytesRead,
    onConnection: (listener: () => void) => server.on('connection', listener),
    async quiet() {
      while (sockets.size > 0) await once(server, 'socket closed');
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
