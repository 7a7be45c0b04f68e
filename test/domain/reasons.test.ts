import { statusReason, verdictOfReason, verdictOfStatus } from '../../src/domain/reasons.js';

describe('a FAIL reason', () => {
  it.each([
    ['1', 'unknown', true],
    ['2', 'account_error', true],
    ['3', 'account_error', true],
    ['4', 'rejected', true],
    ['5', 'rejected', true],
    ['6', 'throttled', true],
    ['7', 'window_closed', true],
    ['8', 'window_closed', true],
    ['9', 'rejected', false],
    ['0', 'rejected', false],
    ['', 'rejected', false],
    ['constructor', 'rejected', false],
    ['__proto__', 'rejected', false],
  ])('%j means %s', (reason, outcome, mapped) => {
    expect(verdictOfReason(reason)).toMatchObject({ outcome, mapped, meaning: expect.any(String) });
  });

  it('means what the account says it does', () => {
    expect(verdictOfReason('9', { 9: 'throttled' })).toMatchObject({ outcome: 'throttled', mapped: true });
    expect(verdictOfReason('6', { 6: 'rejected' })).toMatchObject({ outcome: 'rejected', mapped: true });
    expect(verdictOfReason('6', { 9: 'rejected' })).toEqual(verdictOfReason('6'));
  });
});

describe('an HTTP status', () => {
  it.each([
    [100, 'unknown', true],
    [200, 'unknown', true],
    [299, 'unknown', true],
    [300, 'account_error', true],
    [399, 'account_error', true],
    [400, 'rejected', false],
    [401, 'account_error', true],
    [402, 'rejected', false],
    [403, 'account_error', true],
    [404, 'account_error', true],
    [405, 'account_error', true],
    [406, 'rejected', false],
    [408, 'unknown', true],
    [422, 'rejected', false],
    [429, 'throttled', true],
    [499, 'rejected', false],
    [500, 'unknown', true],
    [503, 'unknown', true],
    [599, 'unknown', true],
    [600, 'unknown', true],
  ])('%j means %s', (status, outcome, mapped) => {
    expect(verdictOfStatus(status)).toMatchObject({ outcome, mapped, meaning: expect.any(String) });
  });

  it('means what the account says it does', () => {
    expect(verdictOfStatus(503, { http_503: 'throttled' })).toMatchObject({
      outcome: 'throttled',
      mapped: true,
    });
    expect(verdictOfStatus(503, { http_500: 'throttled' })).toEqual(verdictOfStatus(503));
  });

  it('has a reason of its own', () => {
    expect(statusReason(503)).toBe('http_503');
  });
});
