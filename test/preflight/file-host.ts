import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { findPrivatePort } from '../../dev/private-port.js';
import type { Network } from '../../src/preflight/network.js';
import { portOf } from '../provider/raw-provider.js';

/** Where the names lead that the file host answers to. */
export const PUBLIC = '93.184.216.34';

export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
};

export type FileHost = Awaited<ReturnType<typeof startFileHost>>;

/**
 * Hosts of files on a real port, with a certificate for every name under example.com; beside it listeners that nobody
 * may ever connect to. The network leads to the host from public addresses and to the others from all else, so that a
 * connection that should not be made is made, and seen.
 */
export async function startFileHost() {
  const asked: Asked[] = [];
  const answers: { next: RequestListener } = { next: (_, response) => pdf(response) };
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'example.com' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [...NAMES].map((value) => ({ type: 2, value })) }],
  });
  const server = createHttpsServer({ key, cert }, (request: IncomingMessage, response) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answers.next(request, response);
  });
  const sockets = keepSockets(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const forbidden = await Promise.all([startForbidden('127.0.0.1'), startForbidden('::1')]);
  const dialled: string[] = [];
  const names = new Map<string, readonly string[]>();
  const dead = new Set<string>();
  const closedPort = await findPrivatePort();

  const network: Network = {
    resolve: async (name) => names.get(name) ?? names.get('*') ?? [],
    dial: (address) => {
      dialled.push(address);
      const [first] = forbidden;
      if (dead.has(address)) return { host: '127.0.0.1', port: closedPort };
      const port = PUBLIC_ADDRESSES.has(address) ? portOf(server.address()) : first.port;
      return { host: '127.0.0.1', port };
    },
    ca: cert,
  };
  return {
    network,
    asked,
    /** Addresses that were connected to. */
    dialled,
    /** Connections that nobody may make. */
    strayed: () => forbidden.reduce((sum, { connections }) => sum + connections(), 0),
    answerWith(next: RequestListener): void {
      answers.next = next;
    },
    /** Nothing listens at these addresses. */
    lose(...addresses: readonly string[]): void {
      for (const address of addresses) dead.add(address);
    },
    /** `*`: any other name. */
    lead(name: string, ...addresses: readonly string[]): void {
      names.set(name, addresses);
    },
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await Promise.all([server, ...forbidden].map(closed));
    },
  };
}

const NAMES = ['*.example.com', 'x.127.0.0.1.example.com', 'example.com'];
const PUBLIC_ADDRESSES: ReadonlySet<string> = new Set([
  PUBLIC,
  ...['8.8.8.8', '11.0.0.1', '172.32.0.1', '100.128.0.1', '192.167.255.255', '2606:4700::1111'],
  ...[
    '64:ff9b::6812:27e4',
    '2a00:1450:4001::200e',
    '142.250.185.78',
    '1.1.1.1',
    '1.0.0.1',
    '223.255.255.255',
  ],
]);

/** A file of so many bytes, by its headers. */
export function pdf(response: ServerResponse, bytes = 1000): void {
  response.writeHead(206, { 'content-type': 'application/pdf', 'content-range': `bytes 0-0/${bytes}` });
  response.end('%');
}

function keepSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  return sockets;
}

async function startForbidden(host: string) {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, host);
  await once(server, 'listening');
  return Object.assign(server, { port: portOf(server.address()), connections: () => connections });
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}
