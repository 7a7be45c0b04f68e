import { OUTCOMES } from '../../src/domain/outcome.js';
import { PREFLIGHT_RESULTS } from '../../src/domain/preflight.js';
import { HOLD_REASONS, STATUSES } from '../../src/domain/status.js';
import {
  FLAGS,
  GATE_STATES,
  PUSH_OUTCOMES,
  QUARANTINE_WHYS,
  SPOOL_RESULTS,
  SWEPT,
  WEBHOOK_KINDS,
  WEBHOOK_RESULTS,
} from '../../src/observe/labels.js';
import { registeredMetrics } from '../observe/registered.js';
import { type Row, tablesOf, tableWith } from './tables.js';

const metrics = registeredMetrics();
const rows = tablesOf('metrics.md').flatMap((table) => table.filter((row) => 'unit' in row));
const labels = tableWith('metrics.md', 'label', 'values');
const labelNames = (cell: string | undefined) => (cell ?? '').split(', ').filter((name) => name !== '');

it('names every metric there is, with its labels and its meaning, and no other', () => {
  const told = rows.map(({ name, labels: has, meaning }) => [unquoted(name), labelNames(has), meaning]);
  const registered = metrics.map(({ name, labelNames: has, help }) => [
    name.replace(/^waybill_/, ''),
    has,
    help,
  ]);
  expect(sorted(told)).toEqual(sorted(registered));
});

it('gives the unit that the name ends with', () => {
  const inName = (row: Row) => /_(timestamp_seconds|seconds|bytes)`$/.exec(row.name ?? '')?.[1];
  const expected = { timestamp_seconds: 'Unix time', seconds: 'seconds', bytes: 'bytes' };
  for (const [suffix, unit] of Object.entries(expected)) {
    const units = rows.filter((row) => inName(row) === suffix).map((row) => row.unit);
    expect(units.length).toBeGreaterThan(0);
    expect(new Set(units)).toEqual(new Set([unit]));
  }
  expect(rows.filter((row) => row.unit === '')).toEqual([]);
});

it('explains every label, and none holds a recipient', () => {
  const used = [...new Set(metrics.flatMap((metric) => metric.labelNames))];
  expect(labels.map(({ label }) => label).sort()).toEqual(used.sort());
  expect(used.filter((label) => /recipient|to$|number|id$|delivery/.test(label))).toEqual([]);
});

it.each<[string, readonly string[]]>([
  ['status', STATUSES],
  ['outcome', OUTCOMES],
  ['reason', HOLD_REASONS],
  ['flag', FLAGS],
  ['state', GATE_STATES],
  ['what', SWEPT.map(([what]) => what)],
  ['kind', WEBHOOK_KINDS],
  ['why', QUARANTINE_WHYS],
  ['result', [...WEBHOOK_RESULTS, ...PUSH_OUTCOMES, ...PREFLIGHT_RESULTS, ...SPOOL_RESULTS]],
])('names the values of %s', (label, values) => {
  const told = labels.find((row) => row.label === label)?.values ?? '';
  expect(values.filter((value) => !told.includes(`\`${value}\``))).toEqual([]);
});

function unquoted(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}

function sorted(values: readonly unknown[]): readonly string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
