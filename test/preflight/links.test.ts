import { inspect } from '../../src/preflight/inspect.js';
import { type FileHost, PUBLIC, pdf, startFileHost } from './file-host.js';
import { ALLOWED, REFUSED, REFUSED_HOSTS } from './vectors.js';

let host: FileHost;
beforeEach(async () => {
  host = await startFileHost();
});
afterEach(() => host.close());

function look(fileUrl: string) {
  return inspect({ fileUrl, mediaType: 'document' }, { network: host.network, now: () => 1_763_815_000_000 });
}

const REFUSALS = ['link_not_public', 'not_asked'];

it('knows a hundred and fifty links that must not be asked for, and thirty that may', () => {
  expect(new Set(REFUSED.map((vector) => vector.join(' '))).size).toBeGreaterThanOrEqual(150);
  expect(ALLOWED.length).toBeGreaterThanOrEqual(30);
});

it.each(REFUSED)('asks nobody for %j', async (link, ...addresses) => {
  host.lead('*', ...addresses);
  expect(REFUSALS).toContain((await look(link)).reason);
  expect(host.dialled).toEqual([]);
});

it('follows no redirect to any of them', async () => {
  host.lead('open.example.com', PUBLIC);
  for (const [link, ...addresses] of REFUSED_HOSTS) {
    host.lead('*', ...addresses);
    host.answerWith((_, response) => response.writeHead(302, { location: inAscii(link) }).end());
    expect([link, await look('https://open.example.com/a.pdf')]).toEqual([
      link,
      expect.objectContaining({ kind: expect.stringMatching(/^(fault|not_asked|unclear)$/) }),
    ]);
  }
  expect(new Set(host.dialled)).toEqual(new Set([PUBLIC]));
  expect(new Set(host.asked.map(({ headers }) => headers.host))).toEqual(new Set(['open.example.com']));
  expect(host.strayed()).toBe(0);
});

it.each(ALLOWED)('asks for %s at %s', async (link, ...addresses) => {
  host.lead('*', ...addresses);
  host.answerWith((_, response) => pdf(response));
  expect(await look(link)).toMatchObject({ kind: 'fine', detail: 'application/pdf, 1000 bytes' });
  expect(host.dialled).toEqual([addresses[0]]);
  expect(host.strayed()).toBe(0);
});

/** As a header may hold it. */
function inAscii(link: string): string {
  return link.replace(/[^\x21-\x7e]/gu, encodeURIComponent);
}
