import { inspect } from '../../src/preflight/inspect.js';
import { resolveBy } from '../../src/preflight/network.js';
import { type FileHost, PUBLIC, startFileHost } from './file-host.js';
import { type NameServer, startNameServer } from './name-server.js';

const LINK = 'https://files.example.com/a.pdf';
const LOOPBACK_IPV6 = '0:0:0:0:0:0:0:1';

let host: FileHost;
let names: NameServer | null = null;
beforeEach(async () => {
  host = await startFileHost();
});
afterEach(async () => {
  await names?.close();
  names = null;
  await host.close();
});

async function lookBy(answers: Parameters<typeof startNameServer>[0]) {
  names = await startNameServer(answers);
  const network = { ...host.network, resolve: resolveBy([names.at]) };
  return () => inspect({ fileUrl: LINK, mediaType: 'document' }, { network, now: Date.now });
}

it('connects to the address that was checked, whatever the name says a moment later', async () => {
  const look = await lookBy((turn) => (turn % 2 === 1 ? [PUBLIC] : ['127.0.0.1']));
  expect(await look()).toMatchObject({ kind: 'fine' });
  expect(host.dialled).toEqual([PUBLIC]);
  expect(names?.questions.map(({ name }) => name)).toEqual(['files.example.com', 'files.example.com']);
  expect(await look()).toMatchObject({ kind: 'fault', reason: 'link_not_public' });
  expect(host.dialled).toEqual([PUBLIC]);
  expect(host.strayed()).toBe(0);
});

it.each([
  ['among public ones', [PUBLIC, '10.0.0.1']],
  ['of the other family', [PUBLIC, LOOPBACK_IPV6]],
])('refuses a name with a private address %s', async (_, addresses) => {
  const look = await lookBy(() => addresses);
  expect(await look()).toMatchObject({ kind: 'fault', reason: 'link_not_public' });
  expect(host.dialled).toEqual([]);
});

it('takes a name that has no address for one that could not be looked up', async () => {
  const look = await lookBy(() => []);
  expect(await look()).toMatchObject({ kind: 'unclear', reason: 'dns' });
});

it('does not wait for a name server that says nothing', async () => {
  const look = await lookBy(() => 'silence');
  expect(await look()).toMatchObject({ kind: 'unclear', reason: 'dns' });
});

it('gives a name of the hosts file no meaning', async () => {
  names = await startNameServer(() => []);
  expect(await resolveBy([names.at])('localhost', new AbortController().signal)).toEqual([]);
});
