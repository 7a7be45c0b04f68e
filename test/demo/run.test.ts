import { buildDemo, type DemoRun, isAlive, runDemo } from './demo-process.js';

const BUILD_AND_RUN_MS = 150_000;

beforeAll(buildDemo, BUILD_AND_RUN_MS);

describe('the demo, piped', () => {
  let run: DemoRun;

  beforeAll(async () => {
    run = await runDemo();
  }, BUILD_AND_RUN_MS);

  it('ends well and says nothing on stderr', () => {
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it.each([
    'Cleo: window closed, waiting for the client to write.',
    'Cleo: client replied, "Is my invoice ready?" The window opens and lets the file go.',
    'Dan: window closed, sent as a template instead, with the file in its header.',
    'Ben: the provider says FAIL 6, try again. Waybill will.',
    'Eve: the provider says FAIL 4, bad number. Rejected, and not tried again.',
    'Finn: the number is too short. Refused at once, never queued.',
    'Ada: three files go one after the other, in the order of the batch, inside one paid session.',
  ])('tells once: %s', (sentence) => {
    expect(run.stdout.split(`> ${sentence}\n`)).toHaveLength(2);
  });

  it.each([
    ['Ada', 'invoice.pdf', ['queued', 'sending', 'accepted', 'sent', 'delivered', 'read']],
    ['Ben', 'clip.mp4', ['queued', 'sending', 'waiting', 'sending', 'accepted', 'sent', 'delivered', 'read']],
    ['Cleo', 'invoice.pdf', ['queued', 'held', 'sending', 'accepted', 'sent', 'delivered', 'read']],
    ['Dan', 'ticket.jpg', ['queued', 'sending', 'accepted', 'sent', 'delivered', 'read']],
    ['Eve', 'invoice.pdf', ['queued', 'sending', 'failed']],
    ['Finn', 'clip.mp4', ['refused']],
  ])('shows every status of %s, %s in its order', (client, file, statuses) => {
    expect(statusesOf(run.stdout, client, file)).toEqual(statuses);
  });

  it('sends the three files to one client in the order of the batch', () => {
    const accepted = [...run.stdout.matchAll(/s {2}Ada .* (\S+) +accepted/g)].map(([, file]) => file);
    expect(accepted).toEqual(['invoice.pdf', 'ticket.jpg', 'voice.mp3']);
  });

  it('draws up a ledger that equals the bill', () => {
    const sessions = [
      ...run.stdout.matchAll(/^(\w+) 447…\d\d +[\d:]{8} {2}(\d+) messages? +(\d+) messages?$/gm),
    ];
    expect(sessions.map(([, client, ledger, bill]) => [client, ledger, bill])).toEqual([
      ['Ada', '3', '3'],
      ['Ben', '1', '1'],
      ['Cleo', '1', '1'],
      ['Dan', '1', '1'],
      ['Gus', '1', '1'],
    ]);
    expect(run.stdout.trimEnd().endsWith('Ledger and bill agree.')).toBe(true);
  });

  it('writes no escape codes, no full number and no secret', () => {
    expect(run.stdout).not.toContain('\u001b');
    expect(run.stdout).not.toMatch(/\d{8}|[\da-f]{32}/);
  });

  it('leaves no process and no file behind', () => {
    expect(run.leftovers).toEqual([]);
    expect(run.redisPid).toBeGreaterThan(1);
    expect(isAlive(run.redisPid)).toBe(false);
  });
});

it(
  'cleans up after Ctrl-C and ends with 130',
  async () => {
    const run = await runDemo({ interruptAt: 'Cleo: window closed' });
    expect(run).toMatchObject({ exitCode: 130, stderr: '', leftovers: [] });
    expect(run.stdout).toContain('> Interrupted: cleaning up.\n');
    expect(isAlive(run.redisPid)).toBe(false);
  },
  BUILD_AND_RUN_MS,
);

it('says what to do where there is no Redis server', async () => {
  const run = await runDemo({ searchPath: '' });
  expect(run).toMatchObject({ exitCode: 1, stdout: '', leftovers: [] });
  expect(run.stderr).toMatch(
    /^waybill: Neither redis-server nor valkey-server is on PATH: run "npm run setup"/,
  );
});

/** What the lines of one request say, oldest first. */
function statusesOf(stdout: string, client: string, file: string): readonly string[] {
  const lines = [...stdout.matchAll(/^ *[\d.]+ s {2}(\w+) +\S+ +(\S+) +(\w+)/gm)];
  return lines.flatMap(([, name, path, status = '']) => (name === client && path === file ? [status] : []));
}
