import fc from 'fast-check';
import { REASON_OUTCOMES, type ReasonOutcome } from '../../src/domain/account.js';
import { OUTCOMES } from '../../src/domain/outcome.js';
import { parseRetryAfter } from '../../src/domain/retry-after.js';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { classify } from '../../src/provider/classify.js';
import { readFlag, readMinutesLeft, readNumber, readText, readTimestamp } from '../../src/provider/fields.js';
import { parseReply } from '../../src/provider/parse.js';
import { NOW } from './examples.js';

const parse = (value: unknown) => parseReply(Buffer.from(JSON.stringify(value)));

describe('a field', () => {
  it.each([
    ['400', 400],
    [' 400.5 ', 400.5],
    [-3, -3],
    ['-3', -3],
    ['', null],
    ['4e2', null],
    ['0x10', null],
    ['9'.repeat(400), null],
    [Number.NaN, null],
    [null, null],
    [true, null],
    [[4], null],
  ])('%j as a number is %j', (value, number) => {
    expect(readNumber(value)).toBe(number);
  });

  it.each([
    [' 92E0 ', '92E0'],
    [77, '77'],
    [2 ** 53, null],
    [1.5, null],
    ['  ', null],
    [{}, null],
    [undefined, null],
  ])('%j as text is %j', (value, text) => {
    expect(readText(value)).toBe(text);
  });

  it.each([
    [1, true],
    ['1', true],
    [true, true],
    ['TRUE', true],
    [0, false],
    ['0', false],
    [false, false],
    [2, null],
    [null, null],
  ])('%j as a flag is %j', (value, flag) => {
    expect(readFlag(value)).toBe(flag);
  });

  it.each([
    [1_772_366_400, 1_772_366_400_000],
    ['1772366400', 1_772_366_400_000],
    ['1772366400.5', 1_772_366_400_500],
    [1_772_366_400_123, 1_772_366_400_123],
    ['1772366400123', 1_772_366_400_123],
    [0, null],
    [-1_772_366_400, null],
    [1_772_366_400_000_000, null],
    ['2026-03-01', null],
    [false, null],
  ])('%j as a timestamp is %j', (value, timestamp) => {
    expect(readTimestamp(value)).toBe(timestamp);
  });

  it.each([
    ['400', 400 * MINUTE],
    [1440, 24 * HOUR],
    ['0', 0],
    ['0.5', 30 * SECOND],
    ['1441', null],
    [-1, null],
    ['NaN', null],
    [null, null],
  ])('%j as minutes left is %j ms', (value, ms) => {
    expect(readMinutesLeft(value)).toBe(ms);
  });
});

describe('a reply', () => {
  it.each([
    [6, '6'],
    ['6', '6'],
    [' 06 ', '6'],
    ['6.0', '6'],
    [0, '0'],
    [-0, '0'],
    [-1, null],
    [6.5, null],
    [972501234567, null],
    ['six', null],
    [[6], null],
  ])('with the reason %j has the reason %j', (reason, text) => {
    expect(parse({ status: 'fail', reason })).toMatchObject({ kind: 'fail', reason: text });
  });

  it('keeps an echo of the request as text, without its key', () => {
    const echo = { apiKey: 'k3y', APIKEY: 'k3y', to: '972501234567' };
    expect(parse({ status: 'OK', originalRequest: echo })).toMatchObject({
      acceptance: { originalRequest: '{"to":"972501234567"}' },
    });
  });

  it('does without an echo that is nested beyond measure', () => {
    const nested = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const reply = parseReply(Buffer.from(`{"status":"OK","unique":"u","originalRequest":${nested}}`));
    expect(reply).toMatchObject({ kind: 'ok', acceptance: { unique: 'u' } });
  });

  it('does not take a status from a prototype', () => {
    expect(parse(JSON.parse('{"__proto__":{"status":"OK"}}'))).toEqual({
      kind: 'unreadable',
      why: 'no_status',
    });
  });
});

describe('Retry-After', () => {
  it.each([
    [null, null],
    ['  ', null],
    ['7', 7 * SECOND],
    ['1.5', 1500],
    ['0', SECOND],
    ['-5', SECOND],
    ['315360000', HOUR],
    ['9'.repeat(400), HOUR],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30 * SECOND],
    ['Sun, 01 Mar 2026 11:00:00 GMT', SECOND],
    ['Fri, 31 Dec 9999 23:59:59 GMT', HOUR],
    ['soon', SECOND],
  ])('%j is %j ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });
});

/** Answers that look right, or nearly. */
const NEARLY = fc.record(
  {
    status: fc.oneof(fc.constantFrom('OK', 'FAIL', ' fail', 'ok '), fc.jsonValue()),
    reason: fc.oneof(fc.integer({ min: -2, max: 12 }), fc.integer().map(String), fc.jsonValue()),
    unique: fc.oneof(fc.string(), fc.double(), fc.jsonValue()),
    timestamp: fc.oneof(fc.double(), fc.integer().map(String), fc.jsonValue()),
    templateTimeLeft: fc.oneof(fc.double(), fc.integer().map(String), fc.jsonValue()),
    message: fc.oneof(fc.string({ maxLength: 400 }), fc.jsonValue()),
    originalRequest: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const BODY = fc.oneof(
  NEARLY.map((value) => Buffer.from(JSON.stringify(value))),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const OVERRIDES: fc.Arbitrary<Record<string, ReasonOutcome>> = fc.dictionary(
  fc.constantFrom('1', '4', '9', 'http_503', 'constructor'),
  fc.constantFrom(...REASON_OUTCOMES),
);
const RESULT = fc.oneof(
  fc.record({
    kind: fc.constant('answered' as const),
    status: fc.integer({ min: 100, max: 999 }),
    retryAfter: fc.option(fc.oneof(fc.string(), fc.integer().map(String))),
    body: BODY,
  }),
  fc.record({
    kind: fc.constant('broken' as const),
    bytesLeft: fc.boolean(),
    reason: fc.constantFrom('reset', 'dns'),
    detail: fc.string(),
  }),
);

it('makes one legal outcome of anything', () => {
  fc.assert(
    fc.property(RESULT, OVERRIDES, (result, overrides) => {
      const outcome = classify(result, { now: NOW, overrides, secrets: [] });
      expect(OUTCOMES).toContain(outcome.kind);
      expect(outcome.reason).toMatch(/^[a-z0-9_]{1,16}$/);
      expect(outcome.kind === 'not_sent').toBe(result.kind === 'broken' && !result.bytesLeft);
      expectLegal(outcome);
    }),
    { numRuns: 3000 },
  );
});

function expectLegal(outcome: ReturnType<typeof classify>): void {
  if (outcome.kind !== 'accepted') expect(outcome.detail.length).toBeLessThanOrEqual(200);
  if (outcome.kind === 'throttled') expectWithin(outcome.retryAfterMs, SECOND, HOUR);
  if (outcome.kind === 'window_closed') expectWithin(outcome.windowLeftMs, 0, 24 * HOUR);
  if (outcome.kind === 'accepted') expectWithin(outcome.acceptance.windowLeftMs, 0, 24 * HOUR);
}

function expectWithin(value: number | null, least: number, most: number): void {
  if (value === null) return;
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}
