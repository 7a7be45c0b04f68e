import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { portOf } from '../provider/raw-provider.js';

/** One client's connection through the proxy. */
type Link = {
  /** Sends nothing more either way: both ends see a reset. */
  cut(): void;
  /**
   * What was passed on is done to the end by the server; the client hears nothing more of it, and then sees a reset.
   */
  loseAnswers(): void;
  /** Closes both ends in good order, after what was passed on. */
  end(): void;
  /** Keeps what the server says until the returned function is called. */
  holdAnswers(): () => void;
  /** Says this to the client, as if the server had. */
  answer(bytes: Buffer): void;
};

/** Bytes on their way; what is returned is passed on, and null is nothing of them. */
export type Watch = {
  /** Told before the bytes are passed on. */
  readonly onRequest?: (link: Link, bytes: Buffer) => Buffer | null;
  readonly onAnswer?: (link: Link, bytes: Buffer) => Buffer | null;
};

type TcpProxy = { readonly port: number; close(): Promise<void> };

/** A proxy on 127.0.0.1 in front of a port of the same, for faults that only a wire has; `watch`: one a connection. */
export async function startTcpProxy(target: number | (() => number), watch: () => Watch): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    joinEnds(
      keep(client.setNoDelay(true)),
      keep(
        connect({ port: typeof target === 'number' ? target : target(), host: '127.0.0.1', noDelay: true }),
      ),
      watch(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server.address()),
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function joinEnds(client: Socket, server: Socket, { onRequest, onAnswer }: Watch): void {
  let held: Buffer[] | null = null;
  let deaf = false;
  const link: Link = {
    cut() {
      client.resetAndDestroy();
      server.resetAndDestroy();
    },
    end() {
      client.end();
      server.end();
    },
    loseAnswers() {
      deaf = true;
      // After the bytes that are being passed on: the end comes behind them, and the server closes when it is done.
      setImmediate(() => server.end());
    },
    answer(bytes) {
      if (client.writable) client.write(bytes);
    },
    holdAnswers() {
      held ??= [];
      return () => {
        const late = held ?? [];
        held = null;
        for (const bytes of late) client.write(bytes);
      };
    },
  };
  client.on('data', (bytes: Buffer) => {
    const passed = deaf ? null : onRequest === undefined ? bytes : onRequest(link, bytes);
    if (passed !== null && server.writable) server.write(passed);
  });
  server.on('data', (bytes: Buffer) => {
    const passed = deaf ? null : onAnswer === undefined ? bytes : onAnswer(link, bytes);
    if (passed === null || !client.writable) return;
    if (held === null) client.write(passed);
    else held.push(passed);
  });
  client.on('close', () => server.destroy());
  server.on('close', () => (deaf ? client.resetAndDestroy() : client.destroy()));
}
