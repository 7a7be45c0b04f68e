import { median, quantile, ratios, spread } from '../../bench/report/figures.js';
import { sectionOf, withSection } from '../../bench/report/report.js';
import { atLeast, atMost, type Case, type Result } from '../../bench/report/result.js';

const ASKED = { rounds: 5, scale: 1, size: 'usual', settings: [], aof: 'everysec', profile: false } as const;
const AT = new Date('2026-11-22T10:00:00Z');

function section(name: string, result: Partial<Result> = {}): string {
  const measured: Case = { name, about: 'How it is measured.', run: async () => RESULT };
  return sectionOf({ case: measured, asked: ASKED, result: { ...RESULT, ...result }, seconds: 7 }, AT);
}

const RESULT: Result = { tables: [], targets: [] };

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])('takes the middle of %j', (figures, middle) => {
  expect(median(figures)).toBe(middle);
});

it('takes the figure that so many do not exceed', () => {
  const figures = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([0.5, 0.99, 1].map((part) => quantile(figures, part))).toEqual([50, 99, 100]);
});

it('compares round by round', () => {
  expect(ratios([10, 30], [20, 20])).toEqual([0.5, 1.5]);
});

it('tells how far the rounds lie apart, and nothing of it where there is one', () => {
  expect(spread([8412, 7950, 8630])).toBe('8,412 (7,950–8,630)');
  expect(spread([0.9], 2)).toBe('0.90');
});

it('judges by the median', () => {
  const figures = [0.7, 0.9, 1.2];
  expect(atLeast({ what: 'x', figures, bound: 1 })).toMatchObject({ isMet: false, wanted: '≥ 1.00' });
  expect(atMost({ what: 'x', figures, bound: 1 })).toMatchObject({ isMet: true, wanted: '≤ 1.00' });
});

it('says of each target whether it was met', () => {
  const targets = [0.5, 2].map((figure) => atLeast({ what: 'speed', figures: [figure], bound: 1 }));
  const text = section('throughput', { targets });
  expect(text).toMatch(/\| speed +\| ≥ 1\.00 \| +0\.50 \| \*\*NOT met\*\* \|/);
  expect(text).toMatch(/\| speed +\| ≥ 1\.00 \| +2\.00 \| +met \|/);
});

it('puts a section in the place of its case’s earlier one, and leaves the others', () => {
  const first = ['bytes', 'enqueue', 'memory'].reduce(
    (report, name) => withSection(report, section(name)),
    '',
  );
  const again = section('enqueue', { tables: [{ head: ['way'], rows: [['anew']] }] });
  const second = withSection(first, again);
  const titles = [...second.matchAll(/^## (\w+)/gm)].map(([, title]) => title);
  expect(titles).toEqual(['Bytes', 'Enqueue', 'Memory']);
  expect(second).toContain('anew');
  expect(withSection(second, again)).toBe(second);
});
