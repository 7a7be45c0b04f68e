import {
  blamesDelivery,
  isProbed,
  nextProbeMs,
  probeDelayMs,
  probesForgotten,
} from '../../src/domain/probe.js';
import { MINUTE } from '../../src/domain/time.js';

it('probes after 15 s, then ever more seldom, every 10 min at last', () => {
  expect([0, 1, 2, 5, 6, 99].map((probes) => probeDelayMs(probes))).toEqual([
    15_000,
    30_000,
    MINUTE,
    8 * MINUTE,
    10 * MINUTE,
    10 * MINUTE,
  ]);
});

it.each([
  ['FAIL 3', '3', [15_000, 30_000, MINUTE, 2 * MINUTE]],
  ['an HTTP status, perhaps of a firewall: at once', 'http_403', [0, 15_000, 30_000, MINUTE]],
  ['sends that are refused: each minute', 'sends_refused', [15_000, 30_000, MINUTE, MINUTE]],
])('probes after %s', (_, reason, waits) => {
  expect([0, 1, 2, 3].map((probes) => nextProbeMs(probes, { reason, firstMs: 15_000 }))).toEqual(waits);
});

it('forgets probes that helped for as long as the longest wait', () => {
  expect([10 * MINUTE - 1, 10 * MINUTE].map(probesForgotten)).toEqual([false, true]);
});

it.each(['2', '3', 'sends_refused', 'http_302', 'http_401', 'http_403', 'http_404', 'http_405'])(
  'probes after %s',
  (reason) => {
    expect(isProbed(reason)).toBe(true);
  },
);

it.each(['operator', '9', 'http_400', 'http_429', ''])('leaves %p to a person', (reason) => {
  expect(isProbed(reason)).toBe(false);
});

it('blames the delivery for FAIL 2 alone', () => {
  expect(['2', '3', 'http_404'].map(blamesDelivery)).toEqual([true, false, false]);
});
