import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfTimes } from '../../bench/profile/read-profile.js';
import { showCommands } from '../../bench/profile/show-commands.js';
import { showProfile } from '../../bench/profile/show-profile.js';
import { ROOT } from '../../bench/report/project.js';

const node = (
  id: number,
  [functionName, url]: readonly [string, string],
  children: readonly number[] = [],
) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
  children,
});

/** One sample a millisecond: ours, what Node did for ioredis, and nothing. */
const PROFILE = {
  nodes: [
    node(1, ['(root)', ''], [2, 3, 5]),
    node(2, ['claim', `file://${ROOT}/dist/src/redis/delivery-store.js`]),
    node(3, ['write', '/elsewhere/node_modules/ioredis/built/Redis.js'], [4]),
    node(4, ['writeUtf8String', '']),
    node(5, ['(idle)', '']),
  ],
  startTime: 0,
  samples: [2, 4, 4, 5, 2],
  timeDeltas: [1000, 1000, 1000, 1000, 1000],
};

describe('a CPU profile', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-profile-'));
    writeFileSync(join(folder, 'a.cpuprofile'), JSON.stringify(PROFILE));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the time to functions, and to those on whose behalf Node spent it', () => {
    const redis = 'node_modules/ioredis/built/Redis.js:10';
    const ours = 'dist/src/redis/delivery-store.js:10';
    expect(selfTimes(folder, { from: 0, to: 10 })).toEqual([
      { name: 'claim', place: ours, owner: ours, ms: 2 },
      { name: 'writeUtf8String', place: '', owner: redis, ms: 2 },
      { name: '(idle)', place: '', owner: '', ms: 1 },
    ]);
  });

  it('leaves out what was before and after', () => {
    expect(selfTimes(folder, { from: 4.5, to: 10 }).map(({ name, ms }) => [name, ms])).toEqual([
      ['claim', 1],
    ]);
  });

  it('is shown by part, without the time in which nothing was done', () => {
    const shown = showProfile(selfTimes(folder, { from: 0, to: 10 }));
    expect(shown).toContain('busy 80.0 %');
    expect(shown).toMatch(/\| src\/redis \| 50\.0 % \|/);
    expect(shown).toMatch(/\| ioredis +\| 50\.0 % \|/);
  });
});

it('shows Redis’s commands per delivery, the dearest first, and leaves out what took no time', () => {
  const stats = (name: string, calls: number, micros: number) => [name, { calls, micros }] as const;
  const ours = new Map([stats('info', 0.01, 0.1), stats('hset', 9, 24.8), stats('evalsha', 1.1, 436.6)]);
  const theirs = new Map([stats('evalsha', 1, 145.1), stats('lpush', 1, 0.9)]);
  const shown = showCommands([
    ['ours', ours],
    ['theirs', theirs],
  ]);
  const rows = shown.split('\n').filter((line) => line.startsWith('| '));
  expect(
    rows.slice(2).map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  ).toEqual([
    ['evalsha', '1.10', '436.6', '1.00', '145.1'],
    ['hset', '9.00', '24.8', '0.00', '0.0'],
    ['lpush', '0.00', '0.0', '1.00', '0.9'],
  ]);
});
