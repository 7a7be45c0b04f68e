import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { call, sendFile, TO } from './calls.js';

const TOO_LARGE_FOR_AN_IMAGE = 5 * 2 ** 20 + 1;
const FILES: Record<string, { type: string; bytes: number; status?: number; location?: string }> = {
  '/invoice.pdf': { type: 'application/pdf', bytes: 1000 },
  '/download': { type: 'image/jpeg', bytes: 1000 },
  '/bytes.pdf': { type: 'application/octet-stream', bytes: 10 },
  '/call.mp3': { type: 'audio/mpeg; charset=binary', bytes: 10 },
  '/page.pdf': { type: 'text/html', bytes: 1000 },
  '/program.exe': { type: 'application/octet-stream', bytes: 1000 },
  '/photo.png': { type: 'image/png', bytes: TOO_LARGE_FOR_AN_IMAGE },
  '/empty.pdf': { type: 'application/pdf', bytes: 0 },
  '/moved.pdf': { type: 'application/pdf', bytes: 10, status: 302, location: '/invoice.pdf' },
};

let server: Server;
let base: string;
let sandbox: Sandbox;

beforeAll(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  server = createServer({ key, cert }, (request, response) => {
    const file = FILES[request.url ?? ''];
    if (file === undefined) return response.writeHead(404).end();
    const { type, bytes, status = 200, location } = file;
    response.writeHead(status, { 'content-type': type, ...(location !== undefined && { location }) });
    return response.end(Buffer.alloc(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sandbox = await startSandbox({ fetchFiles: true, files: { ca: cert }, windowsOpen: true });
});
afterAll(async () => {
  await sandbox.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it.each([
  ['whose link and content type agree', '/invoice.pdf'],
  ['that the content type alone names', '/download'],
  ['that the link alone names', '/bytes.pdf'],
  ['whose content type has another name than its extension', '/call.mp3'],
])('takes a file %s', async (_, path) => {
  expect((await sendFile(sandbox, { body: base + path })).json.status).toBe('OK');
});

it.each([
  ['whose content type contradicts the link', '/page.pdf'],
  ['of a kind that cannot be sent', '/program.exe'],
  ['that is too large for its kind', '/photo.png'],
  ['that is empty', '/empty.pdf'],
  ['that is a redirect', '/moved.pdf'],
  ['that is not there', '/missing.pdf'],
])('refuses a file %s', async (_, path) => {
  expect((await sendFile(sandbox, { body: base + path })).json).toMatchObject({ status: 'FAIL', reason: 9 });
});

it('refuses a link that is not https', async () => {
  const body = `${base}/invoice.pdf`.replace('https', 'http');
  expect((await sendFile(sandbox, { body })).json.reason).toBe(9);
});

it('refuses a server whose certificate it does not trust, with the reason that is set', async () => {
  const wary = await startSandbox({ fetchFiles: true, unlistedReason: 12, windowsOpen: true });
  expect((await sendFile(wary, { body: `${base}/invoice.pdf` })).json.reason).toBe(12);
  await wary.close();
});

it('fetches the file of a template too', async () => {
  const template = { to: TO, name: 'invoice', headerType: 5, headerLink: `${base}/missing.pdf` };
  expect((await call(sandbox, 'sendTemplate', template)).json.reason).toBe(9);
});
