import { connect, type Socket } from 'node:net';
import fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type Api, scoped } from '../../../src/producer/http/api.js';
import { cutSlowBodies } from '../../../src/producer/http/slow-body.js';

const WITHIN_MS = 150;

let api: Api;
let port: number;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  api = fastify({ forceCloseConnections: true }).withTypeProvider<ZodTypeProvider>();
  cutSlowBodies(api, WITHIN_MS);
  api.post('/one', async ({ body }) => ({ body }));
  api.register(
    scoped((scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('application/json', (_request, body, done) => done(null, body));
      scope.post('/many', { config: { longBody: true } }, async ({ raw, headers }, reply) => {
        if (headers.authorization === undefined) return reply.code(401).send({});
        let length = 0;
        for await (const chunk of raw) length += chunk.length;
        return { length };
      });
    }),
  );
  port = Number(new URL(await api.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await api.close();
});

/** Sends the beginning of a call whose body has ten bytes. */
function begin(path: string, more = '') {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  socket.on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more}content-length: 10\r\n\r\n`,
  );
  socket.write('[1,');
  return { socket, ended };
}

it('answers 408 to a body that does not end in time, and hangs up', async () => {
  const answer = await begin('/one').ended;
  expect(answer).toMatch(/^HTTP\/1\.1 408 .*application\/problem\+json.*"code":"request_timeout"/s);
});

it('hangs up on a body that goes on after its call was refused', async () => {
  await expect(begin('/many').ended).resolves.toMatch(/^HTTP\/1\.1 401 /);
});

it('waits longer for a long body, and for a connection that is idle', async () => {
  const { socket, ended } = begin('/many', 'authorization: yes\r\nconnection: close\r\n');
  // Begun later, so that its time is up when the first one's is.
  await begin('/one').ended;
  socket.write('2,3,4]'.padEnd(7));
  await expect(ended).resolves.toMatch(/^HTTP\/1\.1 200 .*{"length":10}/s);
});
