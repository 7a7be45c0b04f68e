import { ROWS } from '../faults/rows.js';
import { readProjectFile } from '../ops/compose-file.js';
import { tableWith } from './tables.js';

const report = readProjectFile('test/faults/REPORT.md');

/** What the report's section of a row tells, by the names in its table. */
function figuresOf(row: string): Readonly<Record<string, string>> {
  const section = report.split(/^(?=## )/m).find((part) => part.startsWith(`## ${row}\n`)) ?? '';
  const cells = section
    .split('\n')
    .flatMap((line) => (line.startsWith('| ') ? [line.split('|').map((cell) => cell.trim())] : []));
  const [names = [], , values = []] = cells;
  const kept = section.includes('\nKept.');
  return {
    ...Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])),
    kept: String(kept),
  };
}

const told = tableWith('promises.md', 'row of the report', 'twice');

it('tells of the failovers as the report does, and of none that broke its promise', () => {
  const names = ROWS.map(({ name }) => `${name[0]?.toUpperCase()}${name.slice(1)}`);
  expect(told.length).toBeGreaterThan(0);
  for (const row of told) {
    const name = row['row of the report'] ?? '';
    const { kept, deliveries, lost, twice, resumedAfter, kills, freezes = '0' } = figuresOf(name);
    expect(names).toContain(name);
    expect({ name, ...row, kept }).toMatchObject({ deliveries, lost, twice, kept: 'true' });
    expect([row.deaths, row['sends went on after']]).toEqual([
      String(Number(kills) + Number(freezes)),
      resumedAfter,
    ]);
  }
});

it('lists everything that was lost or sent twice one by one', () => {
  const listed = report.split('\n').filter((line) => /^- `.*the master died/.test(line));
  const sums = told.map((row) => figuresOf(row['row of the report'] ?? ''));
  const all = sums.reduce(
    (sum, { lost, twice, sentAndForgotten = '0' }) =>
      sum + Number(lost) + Number(twice) + Number(sentAndForgotten),
    0,
  );
  expect(listed).toHaveLength(all);
});
