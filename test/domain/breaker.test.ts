import { closuresMs, type Health, healthOf, retryWaitMs } from '../../src/domain/breaker.js';
import type { OutcomeKind } from '../../src/domain/outcome.js';

describe('healthOf', () => {
  it.each<[OutcomeKind, string, Health]>([
    ['accepted', 'ok', 'good'],
    ['rejected', '4', 'good'],
    ['rejected', 'http_400', 'good'],
    ['window_closed', '7', 'good'],
    ['account_error', '3', 'none'],
    ['throttled', '6', 'bad'],
    ['throttled', 'http_429', 'bad'],
    ['not_sent', 'refused', 'bad'],
    ['not_sent', 'stale', 'none'],
    ['not_sent', 'aborted', 'none'],
    ['not_sent', 'closed', 'none'],
    ['not_sent', 'absent', 'none'],
    ['not_sent', 'operator', 'none'],
    ['unknown', 'http_503', 'bad'],
    ['unknown', 'timeout', 'bad'],
    ['unknown', 'worker_lost', 'none'],
  ])('takes %s %s for %s', (kind, reason, health) => {
    expect(healthOf({ kind, reason })).toBe(health);
  });
});

describe('closuresMs', () => {
  it('begins at a second, and at up to two, four, … sixty', () => {
    expect(closuresMs(0)).toEqual([1000, 1000, 1000, 1000, 1000, 1000]);
    expect(closuresMs(0.5)).toEqual([1500, 2500, 4500, 8500, 16_500, 30_500]);
    expect(closuresMs(1)).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000]);
  });
});

it('spreads retries that wait over one to ten seconds', () => {
  expect([retryWaitMs(0), retryWaitMs(0.5), retryWaitMs(1)]).toEqual([1000, 5500, 10_000]);
});
