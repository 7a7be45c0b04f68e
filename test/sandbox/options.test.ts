import { parseSandboxOptions } from '../../sandbox/options.js';
import { startSandbox } from '../../sandbox/sandbox.js';

it('has a default for everything', () => {
  const options = parseSandboxOptions(undefined);
  expect(options).toMatchObject({
    host: '127.0.0.1',
    port: 0,
    basePath: '/whatsapp/v2',
    latencyMs: { min: 0, max: 0 },
    windowsOpen: false,
    fetchFiles: false,
    unlistedReason: 9,
    keepRequests: true,
    callbacks: { lossProbability: 0, timeoutMs: 5000, retryTimeFactor: 1 },
  });
});

it('takes what JSON can say', () => {
  const json: unknown = JSON.parse(
    '{"seed":3,"callbacks":{"lossProbability":0.1},"faults":[{"kind":"http","status":503,"times":"always"}]}',
  );
  expect(parseSandboxOptions(json)).toMatchObject({
    seed: 3,
    callbacks: { lossProbability: 0.1, duplicateProbability: 0 },
    faults: [{ kind: 'http', status: 503, times: 'always', probability: 1, accept: false }],
  });
});

it.each([
  ['seed', { seed: -1 }],
  ['callbacks.lossProbability', { callbacks: { lossProbability: 2 } }],
  ['latencyMs', { latencyMs: { min: 2, max: 1 } }],
  ['webhook.url', { webhook: { url: 'file:///hook' } }],
  ['colour', { colour: 'red' }],
])('names the wrong field: %s', (field, options) => {
  expect(() => parseSandboxOptions(options)).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(field) }),
  );
});

it('says so when the port is taken', async () => {
  const first = await startSandbox();
  const port = Number(new URL(first.origin).port);
  await expect(startSandbox({ port })).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    setting: 'WAYBILL_LISTEN_SANDBOX',
    cause: { code: 'EADDRINUSE' },
  });
  await first.close();
});
