import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A provider on a raw socket: counts what arrives, and answers a complete request with whatever bytes a test likes. */
export type RawProvider = {
  readonly url: string;
  /** Requests read to their last byte, as text. */
  readonly requests: string[];
  readonly connections: () => number;
  readonly bytesRead: () => number;
  /** Resolves when there was a socket and none is open any more. */
  readonly quiet: () => Promise<void>;
  close(): Promise<void>;
};

export type RawPlan = {
  readonly onRequest?: (socket: Socket, request: string) => void;
  /** Called after every chunk, with the bytes of this socket so far. */
  readonly onBytes?: (socket: Socket, bytes: number) => void;
  readonly onConnection?: (socket: Socket) => void;
};

export async function openRawProvider(plan: RawPlan): Promise<RawProvider> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let connections = 0;
  let bytesRead = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      server.emit('socket closed');
    });
    let pending = Buffer.alloc(0);
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      bytesRead += chunk.length;
      pending = Buffer.concat([pending, chunk]);
      if (isComplete(pending)) {
        const request = pending.toString();
        pending = Buffer.alloc(0);
        requests.push(request);
        plan.onRequest?.(socket, request);
      }
      plan.onBytes?.(socket, bytes);
    });
    plan.onConnection?.(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/v2`,
    requests,
    connections: () => connections,
    bytesRead: () => bytesRead,
    async quiet() {
      while (connections === 0 || sockets.size > 0) await once(server, 'socket closed');
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return address.port;
}

function isComplete(bytes: Buffer): boolean {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, headEnd))?.[1] ?? '0';
  return bytes.length >= headEnd + 4 + Number(length);
}

/** An HTTP/1.1 answer with its length. */
export function http(
  status: number,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
): Buffer {
  const lines = Object.entries({ 'content-type': 'application/json', ...headers });
  const bytes = Buffer.from(body);
  const head = [
    `HTTP/1.1 ${status} Whatever`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${bytes.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}
