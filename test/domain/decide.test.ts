import {
  CLOSED_WINDOW_POLICIES,
  type ClosedWindowPolicy,
  type UnknownPolicy,
} from '../../src/domain/account.js';
import type { Claim, ClaimFacts, DoubtFacts, Refusal } from '../../src/domain/claim.js';
import { type Decision, decide } from '../../src/domain/decide.js';
import { UNKNOWN_ENDS_MS } from '../../src/domain/doubt.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { NOW } from './samples.js';

const EXPIRES = NOW + 5 * HOUR;
const FACTS: ClaimFacts = {
  now: NOW,
  expiresAt: EXPIRES,
  attempts: 0,
  window: { closesAt: NOW - HOUR, lastInboundAt: null },
};

describe('a claim that was allowed', () => {
  it.each(['file', 'template'] as const)('is sent, as a %s', (send) => {
    const claim: Claim = { kind: 'go', send, facts: FACTS, paceMs: 120, dueAt: NOW };
    expect(decide(claim, { onClosedWindow: 'hold', onUnknown: 'hold' })).toEqual({
      do: 'send',
      send,
      paceMs: 120,
    });
  });
});

describe('a refusal', () => {
  it.each<[Refusal, Decision]>([
    [{ why: 'expired' }, { do: 'end', status: 'expired', reason: 'expired' }],
    [{ why: 'attempts' }, { do: 'end', status: 'failed', reason: 'attempts_used_up' }],
    [
      { why: 'schedule', until: NOW + HOUR },
      { do: 'wait', reason: 'schedule', until: NOW + HOUR },
    ],
    [
      { why: 'backoff', until: NOW + HOUR },
      { do: 'wait', reason: 'backoff', until: NOW + HOUR },
    ],
    [
      { why: 'pair', until: NOW + HOUR },
      { do: 'wait', reason: 'limit', until: NOW + HOUR },
    ],
    [
      { why: 'schedule', until: EXPIRES + 1 },
      { do: 'wait', reason: 'schedule', until: EXPIRES },
    ],
    [
      { why: 'backoff', until: EXPIRES + 1 },
      { do: 'wait', reason: 'backoff', until: EXPIRES },
    ],
    [
      { why: 'pair', until: EXPIRES + 1 },
      { do: 'wait', reason: 'limit', until: EXPIRES },
    ],
    [{ why: 'lane' }, { do: 'wait', reason: 'lane', until: EXPIRES }],
    [
      { why: 'rate', until: NOW + 300 },
      { do: 'rest', until: NOW + 300 },
    ],
    [
      { why: 'gate_until', until: NOW + HOUR, reason: '6' },
      { do: 'rest', until: NOW + HOUR },
    ],
    [{ why: 'gate_paused', reason: '3' }, { do: 'pause' }],
    [{ why: 'window_open' }, { do: 'claim_again', send: 'file' }],
    [{ why: 'window_unknown' }, { do: 'ask_window' }],
    [
      { why: 'preflight', before: { looks: 2, found: 'http_500' } },
      { do: 'preflight', before: { looks: 2, found: 'http_500' } },
    ],
  ])('%j: %j, whatever the policy', (refusal, decision) => {
    for (const onClosedWindow of CLOSED_WINDOW_POLICIES) {
      expect(
        decide({ kind: 'refused', refusal, facts: FACTS }, { onClosedWindow, onUnknown: 'hold' }),
      ).toEqual(decision);
    }
  });
});

describe('a closed window', () => {
  it.each<[ClosedWindowPolicy, Decision]>([
    ['hold', { do: 'hold', reason: 'window', until: EXPIRES }],
    ['fail', { do: 'end', status: 'failed', reason: 'window_closed' }],
    ['template', { do: 'claim_again', send: 'template' }],
  ])('under %s: %j', (onClosedWindow, decision) => {
    expect(
      decide(
        { kind: 'refused', refusal: { why: 'window' }, facts: FACTS },
        { onClosedWindow, onUnknown: 'hold' },
      ),
    ).toEqual(decision);
  });
});

describe('a claim that found something else', () => {
  it.each<[Claim, Decision]>([
    [{ kind: 'unseen' }, { do: 'accept' }],
    [{ kind: 'conflict' }, { do: 'conflict' }],
    [
      { kind: 'ended', status: 'read', unique: '92E0', reason: '' },
      { do: 'finish', status: 'read', unique: '92E0', reason: '' },
    ],
    [
      { kind: 'ended', status: 'cancelled', unique: null, reason: 'cancelled' },
      { do: 'finish', status: 'cancelled', unique: null, reason: 'cancelled' },
    ],
    [
      { kind: 'in_flight', attempt: 'a-1', startedAt: NOW - 1, now: NOW },
      { do: 'doubt', attempt: 'a-1' },
    ],
  ])('%j: %j', (claim, decision) => {
    expect(decide(claim, { onClosedWindow: 'hold', onUnknown: 'hold' })).toEqual(decision);
  });
});

describe('an unknown outcome', () => {
  const doubt = (more: Partial<DoubtFacts>): DoubtFacts => ({
    attempt: 'a1',
    send: 'file',
    startedAt: NOW - MINUTE,
    horizonAt: NOW,
    lastReadAt: null,
    absentReads: 0,
    hinted: false,
    ...more,
  });
  const open = { ...FACTS, window: { closesAt: NOW + HOUR, lastInboundAt: NOW - HOUR } };
  const decideOn = (more: Partial<DoubtFacts>, facts: ClaimFacts, onUnknown: UnknownPolicy = 'hold') =>
    decide({ kind: 'unknown', doubt: doubt(more), facts }, { onClosedWindow: 'fail', onUnknown });

  it.each<[string, Partial<DoubtFacts>, Decision]>([
    ['has just begun', { startedAt: NOW }, { do: 'keep_unknown', until: NOW + 5 * SECOND }],
    [
      'was never asked about',
      { startedAt: NOW - 5 * SECOND },
      { do: 'ask', doubt: doubt({ startedAt: NOW - 5 * SECOND }) },
    ],
    [
      'was asked about in time',
      { lastReadAt: NOW - 10 * SECOND },
      { do: 'keep_unknown', until: NOW + MINUTE },
    ],
    [
      'is a moment from its end',
      { startedAt: NOW - DAY + 1, lastReadAt: NOW },
      { do: 'keep_unknown', until: NOW + 1 },
    ],
    ['is 24 h old', { startedAt: NOW - DAY }, { do: 'end_unknown' }],
    ['is older', { startedAt: NOW - 2 * DAY, hinted: true }, { do: 'end_unknown' }],
  ])('that %s', (_name, more, decision) => {
    expect(decideOn(more, open)).toEqual(decision);
  });

  it('is asked about at once when something was seen', () => {
    const more = { lastReadAt: NOW - 1, hinted: true };
    expect(decideOn(more, open)).toEqual({ do: 'ask', doubt: doubt(more) });
  });

  it('is sent again when it was absent twice and the policy allows it', () => {
    expect(decideOn({ absentReads: 2, lastReadAt: NOW }, open, 'resend_if_absent')).toEqual({
      do: 'resend',
      attempt: 'a1',
    });
  });

  it.each<[string, number, Partial<ClaimFacts>]>([
    ['it was absent only once', 1, {}],
    ['the window has closed', 2, { window: FACTS.window }],
    ['it has expired', 2, { expiresAt: NOW }],
  ])('is not sent again when %s', (_name, absentReads, facts) => {
    const decision = decideOn({ lastReadAt: NOW, absentReads }, { ...open, ...facts }, 'resend_if_absent');
    expect(decision.do).toBe('keep_unknown');
  });

  it('is not sent again when the policy says hold', () => {
    expect(decideOn({ lastReadAt: NOW, absentReads: 9 }, open).do).toBe('keep_unknown');
  });

  it('is final after 24 h', () => {
    expect(UNKNOWN_ENDS_MS).toBe(24 * HOUR);
  });
});
