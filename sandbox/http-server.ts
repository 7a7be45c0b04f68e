import { setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';

import { calledAt, formatHostPort, type HostPort } from '../src/domain/host-port.js';
import { MINUTE } from '../src/domain/time.js';
import { listenAt } from '../src/network/listen.js';
import { writeAnswer } from './api/answer.js';
import { answerCall, type Exchange, endpointOf } from './api/provider-face.js';
import { answerControl } from './control/control-face.js';
import type { Stage } from './stage.js';
import type { SandboxVerbs } from './verbs.js';

export type HttpFace = {
  /** `http://host:port`, as it is reached from this machine. */
  readonly origin: string;
  close(): Promise<void>;
};

/**
 * Listens for provider calls below the base path, and for the control API below `/sandbox/`.
 * @throws ListenError
 */
export async function listen(stage: Stage, verbs: SandboxVerbs): Promise<HttpFace> {
  const closing = new AbortController();
  // Every call that waits listens to it.
  setMaxListeners(0, closing.signal);
  const server = createServer((request, response) => {
    // Whoever broke off is not waiting for an answer; the same goes for waits that closing ends.
    dispatch(stage, verbs, { request, response, signal: closing.signal }).catch(() => response.destroy());
  });
  // Longer than callers keep their end: an idle connection that closes under a request is a fault unasked for.
  server.keepAliveTimeout = 10 * MINUTE;
  const close = () => {
    closing.abort();
    return new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  const listener = { server, listen: (at: HostPort) => listening(server, at), close };
  const bound = await listenAt(listener, stage.world.options, 'WAYBILL_LISTEN_SANDBOX');
  return { origin: `http://${formatHostPort(calledAt(bound))}`, close };
}

const NOT_FOUND = 'No such call: GET / tells the base path and the controls';

async function dispatch(stage: Stage, verbs: SandboxVerbs, exchange: Exchange): Promise<void> {
  const { world } = stage;
  const { request, response } = exchange;
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (path === '/' || /^\/sandbox(\/|$)/.test(path))
    return answerControl({ verbs, stage }, request, response);
  const base = `${world.options.basePath}/`;
  const endpoint = path.startsWith(base) ? endpointOf(path.slice(base.length)) : undefined;
  if (endpoint === undefined) return writeAnswer(response, { status: 404, json: { message: NOT_FOUND } });
  if (request.method !== 'POST')
    return writeAnswer(response, { status: 405, json: { message: 'POST only' } });
  return answerCall(world, endpoint, exchange);
}

function listening(server: Server, { host, port }: HostPort): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
