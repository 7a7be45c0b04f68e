import { setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MINUTE } from '../src/domain/time.js';
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

/** Listens for provider calls below the base path, and for the control API below `/sandbox/`. */
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
  const { host, port } = stage.world.options;
  await listening(server, host, port);
  return {
    origin: originOf(server, host),
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
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

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function originOf(server: Server, host: string): string {
  const address = server.address();
  const port = isAddressInfo(address) ? address.port : 0;
  const reached = HERE.get(host) ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

/** Who listens everywhere is reached here; everywhere is no address. */
const HERE: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
