import { startSandbox } from '../../sandbox/sandbox.js';
import { runWorker } from '../../src/app/worker.js';
import { createWaybill } from '../../src/index.js';
import { createCore, type TestCore } from '../support/process.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, SHOP } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { QUICK } from '../worker/line.js';
import { type FileHost, PUBLIC, pdf, startFileHost } from './file-host.js';

// What a preflight does to a delivery, from the queue to the provider and a file's host.
const redis = withRedis();
const TO = '972501234567';
const SECRET = 'secret-signature';

let host: FileHost;
let world: Awaited<ReturnType<typeof startWorld>>;
beforeEach(async () => {
  host = await startFileHost();
  host.lead('*', PUBLIC);
});
afterEach(async () => {
  await world.close();
  await host.close();
});

async function startWorld(account: Readonly<Record<string, unknown>> = { preflight: true }) {
  const sandbox = await startSandbox({ accounts: [{ from: FROM, apiKey: SHOP.apiKey }], windowsOpen: true });
  const tested: TestCore = createCore({
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([{ ...SHOP, ...account }]),
    WAYBILL_PROVIDER_URL: sandbox.url,
  });
  const worker = await runWorker({ ...tested.core, network: host.network }, QUICK);
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
  return {
    ...tested,
    sandbox,
    waybill,
    async close(): Promise<void> {
      await worker.close();
      await waybill.close();
      await sandbox.close();
    },
  };
}

function send(id: string, more: Readonly<Record<string, unknown>> = {}) {
  const fileUrl = `https://files.example.com/a.pdf?sig=${SECRET}`;
  return world.waybill.enqueue(requestTo(TO, { id, fileUrl, ...more }));
}

function settled(id: string, status: string) {
  return eventually(async () => {
    const view = await world.waybill.get(id);
    expect(view?.status).toBe(status);
    return view;
  });
}

it('sends a file that it has found fine, and says so', async () => {
  world = await startWorld();
  await send('fine');
  const view = await settled('fine', 'accepted');
  expect(view?.preflights).toEqual([
    { at: expect.any(String), found: 'ok', detail: 'application/pdf, 1000 bytes' },
  ]);
  expect(host.asked).toHaveLength(1);
  expect(await world.metrics.render()).toContain(
    'waybill_preflights_total{account="shop",result="passed"} 1',
  );
  const line = world.lines.find((text) => text.includes('"link looked at"')) ?? '';
  expect(line).toContain('"host":"files.example.com"');
  expect(world.lines.join('\n')).not.toContain(SECRET);
});

it('asks nobody where it is not wanted', async () => {
  world = await startWorld({});
  await send('plain');
  expect((await settled('plain', 'accepted'))?.preflights).toEqual([]);
  expect(host.asked).toEqual([]);
  expect(host.dialled).toEqual([]);
});

it('fails what cannot be sent, with its reason, and never tells the provider of it', async () => {
  world = await startWorld();
  host.answerWith((_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end());
  await send('picture');
  expect(await settled('picture', 'failed')).toMatchObject({
    reason: 'file_type',
    attempts: [],
    preflights: [{ found: 'file_type', detail: 'image/png where document was asked for' }],
  });
  expect(world.sandbox.accepted()).toEqual([]);
  const failed = await redis.client.hget(`waybill:queue:{${FROM}}:d-picture`, 'failedReason');
  expect(failed).toBe('FAILED file_type: image/png where document was asked for');
});

it('waits for a file that is missing, and fails it only where it is missing still', async () => {
  world = await startWorld();
  host.answerWith((_, response) => response.writeHead(404).end());
  await send('gone');
  expect(await settled('gone', 'waiting')).toMatchObject({
    reason: 'preflight',
    attempts: [],
    preflights: [{ found: 'link_missing', detail: 'HTTP 404' }],
  });
  expect(world.sandbox.accepted()).toEqual([]);
});

it.each([
  [403, 'link_forbidden', 'HTTP 403, text/html'],
  [200, 'link_page', 'HTTP 200, text/html'],
  [503, 'http_503', 'HTTP 503, text/html'],
])('sends what a bot wall keeps from us (HTTP %i), with a warning', async (status, found, detail) => {
  world = await startWorld();
  host.answerWith((_, response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<p>Are you human?'),
  );
  await send('walled');
  expect(await settled('walled', 'accepted')).toMatchObject({ preflights: [{ found, detail }] });
  expect(await world.metrics.render()).toContain(
    'waybill_preflights_total{account="shop",result="warned"} 1',
  );
  expect(world.lines.find((text) => text.includes('"link looked at"'))).toContain('"level":"warn"');
});

it('fails a link into a private network, without a packet to it', async () => {
  world = await startWorld();
  host.lead('files.example.com', '169.254.169.254');
  await send('inward');
  expect(await settled('inward', 'failed')).toMatchObject({ reason: 'link_not_public' });
  expect(host.dialled).toEqual([]);
  expect(host.strayed()).toBe(0);
});

it('lets a file wait whose host cannot say, and lets the next of the conversation wait behind it', async () => {
  world = await startWorld();
  host.answerWith((_, response) => response.writeHead(502).end());
  await send('later');
  await send('behind');
  const view = await settled('later', 'waiting');
  expect(view).toMatchObject({ reason: 'preflight', preflights: [{ found: 'http_502' }] });
  expect(Date.parse(view?.notBefore ?? '')).toBeGreaterThan(Date.parse(view?.statusAt ?? ''));
  await eventually(async () => (await world.waybill.get('behind'))?.reason === 'lane');
  expect(world.sandbox.accepted()).toEqual([]);
});

it('sends what it does not ask for by its own rules', async () => {
  world = await startWorld();
  await send('port', { fileUrl: 'https://files.example.com:8443/a.pdf' });
  expect(await settled('port', 'accepted')).toMatchObject({ preflights: [{ found: 'not_asked' }] });
  expect(host.dialled).toEqual([]);
});

it('looks once for a whole batch of one file', async () => {
  world = await startWorld();
  host.answerWith((_, response) => pdf(response));
  const ids = Array.from({ length: 20 }, (_, index) => `batch-${index}`);
  for (const [index, id] of ids.entries()) await send(id, { to: `9725012345${10 + index}` });
  for (const id of ids) await settled(id, 'accepted');
  expect(host.asked).toHaveLength(1);
});
