import fc from 'fast-check';
import { backoffMs, type RetryPolicy } from '../../src/domain/backoff.js';

const POLICY: RetryPolicy = { maxAttempts: 8, baseMs: 2000, capMs: 600_000 };

describe('backoffMs', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [4, 8000],
    [8, 128_000],
    [9, 256_000],
    [10, 300_000],
    [1000, 300_000],
  ])('is half of its bound after attempt %d where chance says a half: %d ms', (attempt, ms) => {
    expect(backoffMs(POLICY, attempt, 0.5)).toBe(ms);
  });

  it('may be nothing at all', () => {
    expect(backoffMs(POLICY, 8, 0)).toBe(0);
  });

  const policy = fc.record({
    maxAttempts: fc.constant(8),
    baseMs: fc.integer({ min: 0, max: 600_000 }),
    capMs: fc.integer({ min: 0, max: 86_400_000 }),
  });
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('is a whole number from 0 to below both bounds', () => {
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 5000 }), chance, (retry, attempt, random) => {
        const ms = backoffMs(retry, attempt, random);
        const bound = Math.min(retry.capMs, retry.baseMs * 2 ** Math.min(attempt - 1, 30));
        expect(Number.isSafeInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms === 0 || ms < bound).toBe(true);
      }),
    );
  });

  it('never shrinks from one attempt to the next, chance being equal', () => {
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 100 }), chance, (retry, attempt, random) => {
        expect(backoffMs(retry, attempt + 1, random)).toBeGreaterThanOrEqual(
          backoffMs(retry, attempt, random),
        );
      }),
    );
  });
});
