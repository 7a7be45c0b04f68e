import { createServer, type Server, type ServerResponse } from 'node:http';
import type { HostPort } from '../domain/host-port.js';
import { type ListenAt, listenAt } from '../network/listen.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';

/** Whether the process takes work (started and not draining); what its dependencies do is for the body only. */
export type Readiness = { readonly ready: boolean; readonly body: Readonly<Record<string, unknown>> };

export type HealthOptions = {
  readonly host: string;
  /** 0: any free one, told in the log line `listening`. */
  readonly port: number;
  /** The variable to name when the port is taken. */
  readonly setting?: string;
  readonly metrics: Pick<Metrics, 'render' | 'contentType'>;
  readonly ready: () => Readiness;
  readonly log: Log;
};

export type HealthServer = {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
};

/** Nobody who asks here has more to say than one line, or reason to take long over it. */
const REQUEST_TIMEOUT_MS = 5000;

/** `/metrics`, `/healthz` and `/readyz` of every process. Throws a ListenError when the address is not to be had. */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
  server.on('request', (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const known = request.method === 'GET' || request.method === 'HEAD';
    answer(known ? path : '', options).then(
      (reply) => send(response, reply),
      (error: unknown) => fail(response, error, options.log),
    );
  });
  let closing: Promise<void> | null = null;
  const closeOnce = () => (closing ??= close(server));
  const listener = { server, listen: (at: ListenAt) => listen(server, at), close: closeOnce };
  const setting = options.setting ?? 'WAYBILL_LISTEN_METRICS';
  const { host, port } = await listenAt(listener, options, setting);
  options.log.info('listening', { what: 'metrics', host, port });
  return { host, port, close: closeOnce };
}

type Reply = { readonly code: number; readonly type: string; readonly body: string };

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

async function answer(path: string, { metrics, ready }: HealthOptions): Promise<Reply> {
  switch (path) {
    case '/metrics':
      return { code: 200, type: metrics.contentType, body: await metrics.render() };
    case '/healthz':
      return { code: 200, type: JSON_TYPE, body: '{"status":"alive"}' };
    case '/readyz':
      return readyReply(ready());
    default:
      return { code: 404, type: TEXT_TYPE, body: 'not found\n' };
  }
}

function readyReply({ ready, body }: Readiness): Reply {
  const status = ready ? 'ready' : 'not_ready';
  return { code: ready ? 200 : 503, type: JSON_TYPE, body: JSON.stringify({ ...body, status }) };
}

function fail(response: ServerResponse, error: unknown, log: Log): void {
  log.error('health request failed', { error });
  send(response, { code: 500, type: TEXT_TYPE, body: 'internal error\n' });
}

function send(response: ServerResponse, { code, type, body }: Reply): void {
  response.writeHead(code, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

function listen(server: Server, { host, port }: HostPort): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Probes and scrapes are repeated anyway: those under way are cut off rather than waited for. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
