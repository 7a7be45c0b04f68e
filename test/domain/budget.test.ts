import fc from 'fast-check';
import { periodsAt } from '../../src/domain/budget.js';
import { DAY, HOUR } from '../../src/domain/time.js';

const at = (text: string) => Date.parse(text);

type Row = readonly [
  zone: string,
  now: string,
  day: string,
  dayEnds: string,
  month: string,
  monthEnds: string,
];

const ROWS: readonly Row[] = [
  ['UTC', '2026-11-22T09:30:00Z', '2026-11-22', '2026-11-23T00:00:00Z', '2026-11', '2026-12-01T00:00:00Z'],
  ['UTC', '2026-12-31T23:59:59Z', '2026-12-31', '2027-01-01T00:00:00Z', '2026-12', '2027-01-01T00:00:00Z'],
  [
    'Asia/Jerusalem',
    '2026-11-30T22:30:00Z',
    '2026-12-01',
    '2026-12-01T22:00:00Z',
    '2026-12',
    '2026-12-31T22:00:00Z',
  ],
  // The clocks go forward on 27 March 2026, back on 25 October.
  [
    'Asia/Jerusalem',
    '2026-03-26T23:00:00Z',
    '2026-03-27',
    '2026-03-27T21:00:00Z',
    '2026-03',
    '2026-03-31T21:00:00Z',
  ],
  [
    'Asia/Jerusalem',
    '2026-10-24T21:30:00Z',
    '2026-10-25',
    '2026-10-25T22:00:00Z',
    '2026-10',
    '2026-10-31T22:00:00Z',
  ],
  [
    'Asia/Kathmandu',
    '2026-11-22T18:14:00Z',
    '2026-11-22',
    '2026-11-22T18:15:00Z',
    '2026-11',
    '2026-11-30T18:15:00Z',
  ],
  [
    'Pacific/Kiritimati',
    '2026-11-22T10:00:00Z',
    '2026-11-23',
    '2026-11-23T10:00:00Z',
    '2026-11',
    '2026-11-30T10:00:00Z',
  ],
  // Chile's clocks go forward at midnight: the day begins at one.
  [
    'America/Santiago',
    '2026-09-05T12:00:00Z',
    '2026-09-05',
    '2026-09-06T04:00:00Z',
    '2026-09',
    '2026-10-01T03:00:00Z',
  ],
];

it.each(ROWS.map((row) => ({ row })))('tells day and month: $row', ({ row }) => {
  const [zone, now, day, dayEnds, month, monthEnds] = row;
  expect(periodsAt(at(now), zone)).toEqual({
    day: { name: day, endsAt: at(dayEnds) },
    month: { name: month, endsAt: at(monthEnds) },
  });
});

it('always ends later, and within a day or a month', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Asia/Jerusalem',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
  );
  const times = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });
  fc.assert(
    fc.property(zones, times, (zone, now) => {
      const { day, month } = periodsAt(now, zone);
      expect(day.endsAt).toBeGreaterThan(now);
      expect(day.endsAt - now).toBeLessThanOrEqual(DAY + 2 * HOUR);
      expect(month.endsAt).toBeGreaterThanOrEqual(day.endsAt);
      expect(periodsAt(day.endsAt, zone).day.name).not.toBe(day.name);
      expect(periodsAt(day.endsAt - 1, zone).day.name).toBe(day.name);
      expect(periodsAt(month.endsAt, zone).month.name).not.toBe(month.name);
    }),
    { numRuns: 50 },
  );
});
