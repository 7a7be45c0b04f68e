import { once } from 'node:events';
import { connect } from 'node:net';
import { ListenError } from '../../src/errors.js';
import { type HealthServer, type Readiness, startHealthServer } from '../../src/observe/health.js';
import { createLog } from '../../src/observe/log.js';
import { createMetrics, type Metrics } from '../../src/observe/metrics.js';

const lines: string[] = [];
const log = createLog({ level: 'info', format: 'json', destination: { write: (line) => lines.push(line) } });
const servers: HealthServer[] = [];

beforeEach(() => lines.splice(0));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('the health server', () => {
  it('tells where it listens and as what', async () => {
    const { port } = await start();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'info', msg: 'listening', what: 'metrics', host: '127.0.0.1', port },
    ]);
  });

  it('gives Prometheus the metrics', async () => {
    const server = await start();
    const { code, type, text } = await get(server, '/metrics');
    expect(code).toBe(200);
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('waybill_build_info{version="1.2.3",role="worker"} 1');
  });

  it('is alive whatever its dependencies do', async () => {
    const server = await start({ ready: { ready: false, body: { redis: 'away' } } });
    expect(await get(server, '/healthz')).toMatchObject({ code: 200, text: '{"status":"alive"}' });
  });

  it.each<readonly [Readiness, number, object]>([
    [{ ready: true, body: { redis: 'away' } }, 200, { status: 'ready', redis: 'away' }],
    [{ ready: false, body: { redis: 'ok' } }, 503, { status: 'not_ready', redis: 'ok' }],
  ])('answers /readyz of %j with %i', async (ready, code, body) => {
    const answer = await get(await start({ ready }), '/readyz?verbose');
    expect(answer.code).toBe(code);
    expect(JSON.parse(answer.text)).toEqual(body);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/metrics/x'],
    ['POST', '/metrics'],
  ])('knows nothing of %s %s', async (method, path) => {
    expect((await get(await start(), path, method)).code).toBe(404);
  });

  it('answers 500 and logs why when the metrics cannot be told', async () => {
    const metrics = { contentType: 'text/plain', render: () => Promise.reject(new Error('no numbers')) };
    expect((await get(await start({ metrics }), '/metrics')).code).toBe(500);
    expect(lines.join('')).toContain('no numbers');
  });

  it('names the variable when the port is taken', async () => {
    const { port } = await start();
    const error: unknown = await start({ port, setting: 'WAYBILL_LISTEN_API' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({
      code: 'LISTEN_FAILED',
      setting: 'WAYBILL_LISTEN_API',
      address: `127.0.0.1:${port}`,
      cause: { code: 'EADDRINUSE' },
    });
  });

  it('closes once, even with a half-open request, and frees the port', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /metr');
    // A reset is as good an end as any: only that it ends matters.
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await Promise.all([server.close(), server.close(), closed]);
    await server.close();
    const again = await start({ port: server.port });
    expect((await get(again, '/healthz')).code).toBe(200);
  });
});

type Start = {
  readonly port?: number;
  readonly setting?: string;
  readonly ready?: Readiness;
  readonly metrics?: Pick<Metrics, 'render' | 'contentType'>;
};

async function start({
  port = 0,
  ready = { ready: true, body: {} },
  ...rest
}: Start = {}): Promise<HealthServer> {
  const metrics = createMetrics({ version: '1.2.3', role: 'worker', defaultMetrics: false });
  const server = await startHealthServer({
    host: '127.0.0.1',
    port,
    metrics,
    ready: () => ready,
    log,
    ...rest,
  });
  servers.push(server);
  return server;
}

async function get({ host, port }: HealthServer, path: string, method = 'GET') {
  const response = await fetch(`http://${host}:${port}${path}`, { method });
  return { code: response.status, type: response.headers.get('content-type'), text: await response.text() };
}
