import { CLOSED_WINDOW_POLICIES, type ClosedWindowPolicy } from '../../src/domain/account.js';
import type { Claim, ClaimFacts, Refusal } from '../../src/domain/claim.js';
import { type Decision, decide, UNKNOWN_ENDS_MS } from '../../src/domain/decide.js';
import { DAY, HOUR } from '../../src/domain/time.js';
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
    expect(decide(claim, { onClosedWindow: 'hold' })).toEqual({ do: 'send', send, paceMs: 120 });
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
  ])('%j: %j, whatever the policy', (refusal, decision) => {
    for (const onClosedWindow of CLOSED_WINDOW_POLICIES) {
      expect(decide({ kind: 'refused', refusal, facts: FACTS }, { onClosedWindow })).toEqual(decision);
    }
  });
});

describe('a closed window', () => {
  it.each<[ClosedWindowPolicy, Decision]>([
    ['hold', { do: 'hold', reason: 'window', until: EXPIRES }],
    ['fail', { do: 'end', status: 'failed', reason: 'window_closed' }],
    ['template', { do: 'claim_again', send: 'template' }],
  ])('under %s: %j', (onClosedWindow, decision) => {
    expect(decide({ kind: 'refused', refusal: { why: 'window' }, facts: FACTS }, { onClosedWindow })).toEqual(
      decision,
    );
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
    expect(decide(claim, { onClosedWindow: 'hold' })).toEqual(decision);
  });
});

describe('an unknown outcome', () => {
  it.each<[string, number, Decision]>([
    ['has just begun', NOW, { do: 'keep_unknown', until: NOW + DAY }],
    ['is a moment from its end', NOW - DAY + 1, { do: 'keep_unknown', until: NOW + 1 }],
    ['is 24 h old', NOW - DAY, { do: 'end_unknown' }],
    ['is older', NOW - 2 * DAY, { do: 'end_unknown' }],
  ])('that %s', (_name, startedAt, decision) => {
    expect(decide({ kind: 'unknown', startedAt, now: NOW }, { onClosedWindow: 'fail' })).toEqual(decision);
  });

  it('is final after 24 h', () => {
    expect(UNKNOWN_ENDS_MS).toBe(24 * HOUR);
  });
});
