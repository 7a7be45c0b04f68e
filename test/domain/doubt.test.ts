import { nextReadAt, READS_AFTER_MS } from '../../src/domain/doubt.js';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';

const START = 1_800_000_000_000;

describe('the next reading', () => {
  it.each<[string, number | null, number]>([
    ['first', null, 5 * SECOND],
    ['after the first', 5 * SECOND, 30 * SECOND],
    ['after one that came late', 40 * SECOND, 2 * MINUTE],
    ['after one that came very late', 13 * MINUTE, 20 * MINUTE],
    ['after the schedule', HOUR, 2 * HOUR],
    ['hourly from then on', 7 * HOUR + 3, 8 * HOUR + 3],
  ])('%s', (_name, lastMs, nextMs) => {
    expect(nextReadAt(START, lastMs === null ? null : START + lastMs)).toBe(START + nextMs);
  });

  it('follows a schedule that only grows', () => {
    expect([...READS_AFTER_MS].sort((one, other) => one - other)).toEqual([...READS_AFTER_MS]);
  });
});
