import { parseOptions, UsageError } from '../../bench/options.js';

const namesOf = (...args: readonly string[]) => parseOptions(args).cases.map(({ name }) => name);

it('runs all cases, five rounds each, at their usual size', () => {
  const { cases, asked, resultsFile } = parseOptions([]);
  expect(cases.length).toBeGreaterThan(5);
  expect(asked).toEqual([
    { rounds: 5, scale: 1, size: 'usual', settings: [], profile: false, aof: 'everysec' },
  ]);
  expect(resultsFile).toMatch(/bench\/RESULTS\.md$/);
});

it('runs the cases that are named, in whole or by a word', () => {
  expect(namesOf('enqueue')).toEqual(['enqueue']);
  expect(namesOf('http', 'bytes')).toEqual(['bytes', 'http enqueue']);
});

it('runs each case for both ways to keep the journal', () => {
  expect(parseOptions(['--aof', 'both']).asked.map(({ aof }) => aof)).toEqual(['everysec', 'always']);
});

it('takes settings of throughput', () => {
  const { asked } = parseOptions(['throughput', '--setting', '0x50x1', '--setting', '20x500x2']);
  expect(asked[0]?.settings).toEqual([
    { latencyMs: 0, concurrency: 50, workers: 1 },
    { latencyMs: 20, concurrency: 500, workers: 2 },
  ]);
});

it('writes no results of a quick run unless it is told where', () => {
  expect(parseOptions(['--quick']).resultsFile).toBeNull();
  expect(parseOptions(['--profile']).resultsFile).toBeNull();
  expect(parseOptions(['--quick', '--results', 'here.md']).resultsFile).toBe('here.md');
});

it.each([
  [['--aof', 'sometimes'], '--aof sometimes'],
  [['thruput'], 'There is no case thruput'],
  [['--rounds', '0'], '--rounds 0'],
  [['--setting', '20x500'], 'as 20x500x1'],
  [['--faster'], '--faster'],
])('refuses %j, and says what would be right', (args, told) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(told);
  expect(() => parseOptions(args)).toThrow('npm run bench -- [case …]');
});
