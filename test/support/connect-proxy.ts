import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { portOf } from '../provider/raw-provider.js';

/** What a proxy says to CONNECT: opens the tunnel, answers a status, says nothing, hangs up, or speaks no HTTP. */
export type ProxyAnswer = 'opens' | 'is silent' | 'hangs up' | 'speaks no HTTP' | number;

export type ConnectProxy = Awaited<ReturnType<typeof startConnectProxy>>;

/** An HTTP proxy on a real port that only opens tunnels. It alone knows where names lead: to a port on this machine. */
export async function startConnectProxy(ports: Readonly<Record<string, number>>) {
  const asked: { readonly authority: string; readonly authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const state: { answer: ProxyAnswer } = { answer: 'opens' };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    return socket;
  };
  // A request that is no CONNECT has come the wrong way.
  const server = createServer((_, response) => response.writeHead(418).end());
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const authority = request.url ?? '';
    asked.push({ authority, authorization: request.headers['proxy-authorization'] });
    const port = ports[authority];
    if (state.answer === 'is silent') return;
    if (state.answer === 'hangs up') return void socket.destroy();
    if (state.answer === 'speaks no HTTP') return void socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    const refused = typeof state.answer === 'number' ? state.answer : port === undefined ? 502 : null;
    if (refused !== null) return void socket.end(`HTTP/1.1 ${refused} No\r\ncontent-length: 2\r\n\r\nno`);
    const target = keep(
      connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(target).pipe(socket);
      }),
    );
    target.once('close', () => socket.destroy());
    socket.once('close', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server.address()),
    asked,
    answerWith(answer: ProxyAnswer): void {
      state.answer = answer;
    },
    async close(): Promise<void> {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
