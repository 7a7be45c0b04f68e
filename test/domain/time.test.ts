import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';

it('durations are milliseconds', () => {
  expect([SECOND, MINUTE, HOUR, DAY]).toEqual([1000, 60_000, 3_600_000, 86_400_000]);
});
