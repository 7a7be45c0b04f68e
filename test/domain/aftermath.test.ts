import { type Aftermath, aftermathOf, type GateChange } from '../../src/domain/aftermath.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { HOUR } from '../../src/domain/time.js';

const RETRY = { maxAttempts: 8, baseMs: 2000, capMs: 600_000 };
const context = (attempt: number) => ({ attempt, retry: RETRY, random: 0.5 });

const ACCEPTED: Outcome = {
  kind: 'accepted',
  reason: 'ok',
  acceptance: { unique: '92E0', timestamp: null, windowLeftMs: null },
};
const REJECTED: Outcome = { kind: 'rejected', reason: '4', mapped: true, detail: '' };
const UNMAPPED: Outcome = { kind: 'rejected', reason: '9', mapped: false, detail: '' };
const NOT_SENT: Outcome = { kind: 'not_sent', reason: 'refused', detail: '' };
const throttled = (retryAfterMs: number | null): Outcome => ({
  kind: 'throttled',
  reason: '6',
  detail: '',
  retryAfterMs,
});
const until = (delayMs: number): GateChange => ({ kind: 'until', delayMs, reason: '6' });

describe('aftermathOf', () => {
  it.each<[string, { readonly outcome: Outcome; readonly attempt: number }, Aftermath]>([
    ['an accepted message is done', { outcome: ACCEPTED, attempt: 1 }, { do: 'accept' }],
    ['a rejected one has failed', { outcome: REJECTED, attempt: 1 }, { do: 'fail', reason: '4', gate: null }],
    [
      'an unlisted reason is tried again',
      { outcome: UNMAPPED, attempt: 1 },
      { do: 'retry', delayMs: 1000, gate: null },
    ],
    ['and once more', { outcome: UNMAPPED, attempt: 2 }, { do: 'retry', delayMs: 2000, gate: null }],
    [
      'but no more than three times',
      { outcome: UNMAPPED, attempt: 3 },
      { do: 'fail', reason: '9', gate: null },
    ],
    [
      'what was not sent is tried again',
      { outcome: NOT_SENT, attempt: 1 },
      { do: 'retry', delayMs: 1000, gate: null },
    ],
    ['later and later', { outcome: NOT_SENT, attempt: 7 }, { do: 'retry', delayMs: 64_000, gate: null }],
    [
      'until attempts are used up',
      { outcome: NOT_SENT, attempt: 8 },
      { do: 'fail', reason: 'attempts_used_up', gate: null },
    ],
    [
      'throttled alone backs off alone',
      { outcome: throttled(null), attempt: 1 },
      { do: 'retry', delayMs: 1000, gate: null },
    ],
    [
      'a Retry-After closes the gate for so long',
      { outcome: throttled(30_000), attempt: 1 },
      { do: 'retry', delayMs: 1000, gate: until(30_000) },
    ],
    [
      'for a second at least',
      { outcome: throttled(0), attempt: 1 },
      { do: 'retry', delayMs: 1000, gate: until(1000) },
    ],
    [
      'for an hour at most',
      { outcome: throttled(48 * HOUR), attempt: 1 },
      { do: 'retry', delayMs: 1000, gate: until(HOUR) },
    ],
    [
      'on the last attempt too',
      { outcome: throttled(30_000), attempt: 8 },
      { do: 'fail', reason: 'attempts_used_up', gate: until(30_000) },
    ],
    [
      'an account error pauses the account and costs the delivery nothing',
      { outcome: { kind: 'account_error', reason: '3', detail: '' }, attempt: 8 },
      { do: 'hold_account', gate: { kind: 'paused', reason: '3' } },
    ],
    [
      'a closed window is corrected',
      { outcome: { kind: 'window_closed', reason: '7', detail: '', windowLeftMs: null }, attempt: 8 },
      { do: 'close_window' },
    ],
    [
      'an unknown outcome is never tried again',
      { outcome: { kind: 'unknown', reason: 'timeout', detail: '' }, attempt: 1 },
      { do: 'doubt' },
    ],
  ])('%s', (_name, { outcome, attempt }, aftermath) => {
    expect(aftermathOf(outcome, context(attempt))).toEqual(aftermath);
  });

  it('rejects one that is refused again while others pass, and sets the first aside where the account is well', () => {
    const forbidden: Outcome = { kind: 'account_error', reason: 'http_403', detail: '' };
    const meeting = {
      ...{ reason: 'http_403', startedAt: 900, earlier: 0, firstAt: null, passedAt: null },
      ...{ wellAt: 800, others: 0, othersSinceWell: 0 },
    };
    const found = (more: object) =>
      aftermathOf(forbidden, { ...context(1), meeting: { ...meeting, ...more } });
    expect(found({})).toEqual({ do: 'set_aside', delayMs: 2000 });
    expect(found({ earlier: 1, firstAt: 700 })).toEqual({ do: 'fail', reason: 'http_403', gate: null });
    expect(found({ wellAt: null })).toEqual({
      do: 'hold_account',
      gate: { kind: 'paused', reason: 'http_403' },
    });
  });

  it('tries an unlisted reason no oftener than anything else', () => {
    const once = { ...context(1), retry: { ...RETRY, maxAttempts: 1 } };
    expect(aftermathOf(UNMAPPED, once)).toEqual({ do: 'fail', reason: '9', gate: null });
  });
});
