import fc from 'fast-check';
import { OUTCOMES, type OutcomeKind } from '../../src/domain/outcome.js';
import { HOLD_REASONS, STATUSES } from '../../src/domain/status.js';
import { createObserver } from '../../src/observe/events.js';
import { gateLabel, methodLabel, reasonLabel } from '../../src/observe/labels.js';
import { createLog } from '../../src/observe/log.js';
import { createMetrics } from '../../src/observe/metrics.js';
import type { BacklogMeasured } from '../../src/observe/observer.js';
import { parseMetrics } from './metrics-text.js';

const ACCOUNTS = Array.from({ length: 500 }, (_, index) => `account-${index}`);
/** An account's series: transitions, attempts, claims, flags, looks, sessions, corrections, gate changes, mends. */
const COUNTERS_PER_ACCOUNT = 12 + 24 + 19 + 7 + 6 + 1 + 1 + 4 + 3;
const GAUGES_PER_ACCOUNT = 21;

const started = () =>
  createMetrics({ version: '1', role: 'worker', defaultMetrics: false, accounts: ACCOUNTS });
const seriesOf = async (metrics: ReturnType<typeof createMetrics>) => {
  const { samples } = parseMetrics(await metrics.render());
  const perAccount = samples.filter(({ labels }) => 'account' in labels);
  return { all: samples.length, perAccount: perAccount.length };
};

describe('with 500 accounts', () => {
  it('a process starts with so many series for each of them, and few besides', async () => {
    const { all, perAccount } = await seriesOf(started());
    expect(perAccount).toBe(ACCOUNTS.length * COUNTERS_PER_ACCOUNT);
    expect(all - perAccount).toBeLessThan(250);
  });

  it('the holder of the lease adds so many for each of them, however often it measures', async () => {
    const metrics = started();
    const observer = observerOf(metrics);
    for (const state of ['open', 'paused', 'breaker', 'paused'] as const) {
      for (const account of ACCOUNTS) observer.backlogMeasured(measured(account, state));
    }
    const { perAccount } = await seriesOf(metrics);
    expect(perAccount).toBe(ACCOUNTS.length * (COUNTERS_PER_ACCOUNT + GAUGES_PER_ACCOUNT));
  });

  it('no histogram has a series for each of them', async () => {
    const { samples } = parseMetrics(await started().render());
    expect(samples.filter(({ name, labels }) => name.endsWith('_bucket') && 'account' in labels)).toEqual([]);
  });

  it('numbers of clients, ids and details leave no series behind', async () => {
    const metrics = createMetrics({
      version: '1',
      role: 'worker',
      defaultMetrics: false,
      accounts: ['account-0'],
    });
    const observer = observerOf(metrics);
    const before = await seriesOf(metrics);
    for (let index = 0; index < 1000; index += 1) {
      const subject = { account: 'account-0', deliveryId: `d${index}`, recipient: `97250${index}` };
      for (const to of STATUSES) observer.deliveryMoved({ ...subject, from: null, to, reason: `${index}` });
      observer.deliveryFlagged({ ...subject, flag: 'invalid', detail: `${index}` });
    }
    expect(await seriesOf(metrics)).toEqual(before);
  });
});

describe('a label whose values come from outside', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.nat().map((status) => `http_${status}`),
  );

  it('shows of FAIL reasons and HTTP statuses only those there are', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), (number) => {
        const fail = reasonLabel(`${number}`);
        const status = reasonLabel(`http_${number}`);
        expect(fail === 'other' || (number >= 1 && number <= 8)).toBe(true);
        expect(status === 'other' || (number >= 100 && number <= 511)).toBe(true);
      }),
    );
    expect(['6', '9', 'http_503', 'http_999', 'reset'].map(reasonLabel)).toEqual([
      '6',
      'other',
      'http_503',
      'other',
      'reset',
    ]);
  });

  it('never shows what an operator wrote', () => {
    fc.assert(
      fc.property(anything, (reason) => {
        expect(gateLabel(reason)).toMatch(/^([1-8]|http_\d{3}|other|operator)$/);
      }),
    );
    expect(['moving', '3', 'http_401', '9'].map(gateLabel)).toEqual(['operator', '3', 'http_401', 'other']);
  });

  it('shows only methods that a route may have', () => {
    expect(['GET', 'PROPFIND', 'DELETE'].map(methodLabel)).toEqual(['GET', 'other', 'DELETE']);
  });

  it.each(OUTCOMES)(
    'counts attempts that were %s under at most a bounded number of reasons',
    async (outcome) => {
      const metrics = createMetrics({ version: '1', role: 'worker', defaultMetrics: false });
      for (let index = 0; index < 1000; index += 1) {
        for (const reason of [`${index}`, `http_${index}`, `Socket ${index}`]) {
          metrics.counters.attempts.inc({ account: 'shop', outcome, reason: reasonLabel(reason) });
        }
      }
      const { samples } = parseMetrics(await metrics.render());
      const series = samples.filter(
        ({ name, labels }) => name.endsWith('attempts_total') && isOf(labels, outcome),
      );
      expect(series.length).toBeLessThanOrEqual(8 + 63 + 1);
    },
  );
});

function isOf(labels: Readonly<Record<string, string>>, outcome: OutcomeKind): boolean {
  return labels.outcome === outcome;
}

function observerOf(metrics: ReturnType<typeof createMetrics>) {
  const log = createLog({ level: 'error', format: 'json', destination: { write: () => undefined } });
  return createObserver({ metrics, log });
}

/** All that can be measured of an account; the reason of its pause is another one each time. */
function measured(account: string, state: BacklogMeasured['gate']['state']): BacklogMeasured {
  const budget = { limit: 10, remaining: 4 };
  const states = [
    'active',
    'completed',
    'delayed',
    'failed',
    'paused',
    'prioritized',
    'waiting',
    'waiting-children',
  ];
  return {
    account,
    gate: { state, reason: `reason of ${account}` },
    due: 1,
    oldestDueAgeMs: 1,
    unknown: 1,
    oldestUnknownAgeMs: 1,
    held: {
      ...Object.fromEntries(HOLD_REASONS.map((reason) => [reason, 1])),
      window: 1,
      budget: 1,
      account: 1,
    },
    jobs: Object.fromEntries(states.map((name) => [name, 1])),
    budget: { day: budget, month: budget },
  };
}
