import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from '@swc/core';
import { z } from 'zod';
import { BOSS, startApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';
import { type Stack, startStack } from '../../support/stack.js';

const FILE = 'https://files.example.com/invoice.pdf';

const GENERATOR = join(dirname(require.resolve('swagger-typescript-api/package.json')), 'dist/cli.mjs');

const redis = withRedis();
let stack: Stack | undefined;
let api: Awaited<ReturnType<typeof startApi>> | undefined;

afterEach(async () => {
  await api?.close();
  await stack?.close();
});

/** What a generated call answers with. */
type Answered = { readonly status: number; readonly data: unknown };
type Calls = Readonly<Record<string, (...args: readonly unknown[]) => Promise<Answered>>>;

const callsSchema = z.custom<Calls>((value) => typeof value === 'object' && value !== null);

/** The class that the generator makes of `/openapi.json`, as an app would have it. */
async function openClient(url: string): Promise<Calls> {
  const document = await (await fetch(`${url}/openapi.json`)).text();
  const { code } = transformSync(await generate(document), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const exported: { Api?: new (options: unknown) => { readonly v1: unknown } } = {};
  new Function('exports', code)(exported);
  if (exported.Api === undefined) throw new Error('The generator made no Api');
  const headers = { Authorization: `Bearer ${BOSS.secret}` };
  return callsSchema.parse(new exported.Api({ baseUrl: url, baseApiParams: { headers, format: 'json' } }).v1);
}

async function generate(document: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-client-'));
  try {
    const path = join(folder, 'openapi.json');
    await writeFile(path, document);
    await promisify(execFile)(process.execPath, [
      GENERATOR,
      'generate',
      '-p',
      path,
      '-o',
      folder,
      '-n',
      'client.ts',
    ]);
    return await readFile(join(folder, 'client.ts'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('enqueues, waits, cancels and pages', async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
  api = await startApi(redis.url);
  const client = await openClient(api.url);
  const taken = await client.enqueueDelivery?.({
    from: 'shop',
    to: '972501234567',
    fileUrl: FILE,
    id: 'one',
  });
  expect(taken).toMatchObject({ status: 202, data: { id: 'one', duplicate: false } });
  const arrived = await client.getDelivery?.('one', { wait: '30', until: 'delivered' });
  expect(arrived).toMatchObject({ status: 200, data: { attempts: [{ outcome: 'accepted' }] } });
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  await client.enqueueDelivery?.({ from: 'shop', to: '972501234567', fileUrl: FILE, id: 'two', sendAt });
  const cancelled = await client.cancelDelivery?.('two');
  expect(cancelled).toMatchObject({ data: { status: 'cancelled' } });
  const first = await client.listDeliveries?.({ from: 'shop', limit: '1' });
  expect(first).toMatchObject({ data: { deliveries: [{ id: 'two' }], cursor: expect.any(String) } });
  const { cursor } = z.object({ cursor: z.string() }).parse(first?.data);
  const second = await client.listDeliveries?.({ from: 'shop', limit: '1', cursor });
  expect(second).toMatchObject({ data: { deliveries: [{ id: 'one' }] } });
});
