import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { portOf } from '../provider/raw-provider.js';

type TlsFront = {
  readonly port: number;
  /** The authority to trust, in a file. */
  readonly caFile: string;
  /** Connections that bytes of a request came through. */
  readonly used: () => number;
  close(): Promise<void>;
};

/** TLS in front of a port; the handshake is answered so late. */
export async function startTlsFront(target: number, handshakeMs: number): Promise<TlsFront> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  const folder = await mkdtemp(join(tmpdir(), 'waybill-tls-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, cert);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  let used = 0;
  const tls = createTlsServer({ key, cert }, (secure) => {
    secure.once('data', () => {
      used += 1;
    });
    const inner = keep(connect({ port: target, host: '127.0.0.1' }));
    keep(secure).pipe(inner).pipe(secure);
  });
  tls.on('tlsClientError', () => undefined);
  const server = createServer((socket) => {
    keep(socket);
    setTimeout(() => tls.emit('connection', socket), handshakeMs);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    port: portOf(server.address()),
    caFile,
    used: () => used,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
