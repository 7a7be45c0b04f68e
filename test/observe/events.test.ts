import { register } from 'prom-client';
import { createObserver } from '../../src/observe/events.js';
import { createLog } from '../../src/observe/log.js';
import { createMetrics } from '../../src/observe/metrics.js';
import type { AttemptEnded, BacklogMeasured, Observer } from '../../src/observe/observer.js';
import { parseMetrics } from './metrics-text.js';

const NUMBER = '972501234567';
const DELIVERY = 'dlv_01J00000000000000000000000';
const subject = { account: 'shop', deliveryId: DELIVERY, recipient: NUMBER };

const METRICS = {
  waybill_delivery_transitions_total: 'counter',
  waybill_attempts_total: 'counter',
  waybill_claims_total: 'counter',
  waybill_preflights_total: 'counter',
  waybill_sessions_opened_total: 'counter',
  waybill_window_corrections_total: 'counter',
  waybill_webhook_events_total: 'counter',
  waybill_webhook_quarantined_total: 'counter',
  waybill_webhook_spool_bodies_total: 'counter',
  waybill_webhook_spool_bytes: 'gauge',
  waybill_webhook_spool_limit_bytes: 'gauge',
  waybill_redis_reconnects_total: 'counter',
  waybill_delivery_flags_total: 'counter',
  waybill_gate_changes_total: 'counter',
  waybill_setting_unusable: 'gauge',
  waybill_sweep_mends_total: 'counter',
  waybill_attempt_duration_seconds: 'histogram',
  waybill_due_to_accept_seconds: 'histogram',
  waybill_accept_to_delivered_seconds: 'histogram',
  waybill_webhook_request_duration_seconds: 'histogram',
  waybill_http_request_duration_seconds: 'histogram',
  waybill_redis_command_duration_seconds: 'histogram',
  waybill_event_pushes_total: 'counter',
  waybill_event_push_gaps_total: 'counter',
  waybill_deliveries_held: 'gauge',
  waybill_deliveries_due: 'gauge',
  waybill_oldest_due_age_seconds: 'gauge',
  waybill_deliveries_unknown: 'gauge',
  waybill_oldest_unknown_age_seconds: 'gauge',
  waybill_queue_jobs: 'gauge',
  waybill_session_budget_limit: 'gauge',
  waybill_session_budget_remaining: 'gauge',
  waybill_orphan_receipts: 'gauge',
  waybill_provider_webhook_ok: 'gauge',
  waybill_redis_memory_used_bytes: 'gauge',
  waybill_redis_memory_limit_bytes: 'gauge',
  waybill_account_paused: 'gauge',
  waybill_breaker_open: 'gauge',
  waybill_webhook_last_event_timestamp_seconds: 'gauge',
  waybill_leader: 'gauge',
  waybill_last_progress_timestamp_seconds: 'gauge',
  waybill_build_info: 'gauge',
};

describe('the metrics of a process that has just started', () => {
  it('are those that the interface names, and nothing is in the global registry', async () => {
    const { types } = await open().read();
    expect(Object.fromEntries(types)).toEqual(METRICS);
    expect(register.getMetricsAsArray()).toEqual([]);
  });

  it('have their counters at 0 for each account', async () => {
    const { value } = await open().read();
    expect(value('attempts_total', { account: 'shop', outcome: 'unknown', reason: 'timeout' })).toBe(0);
    expect(value('delivery_transitions_total', { account: 'desk', status: 'delivered' })).toBe(0);
    expect(value('claims_total', { account: 'desk', verdict: 'go' })).toBe(0);
    expect(value('sessions_opened_total', { account: 'shop' })).toBe(0);
    expect(value('window_corrections_total', { account: 'shop' })).toBe(0);
    expect(value('webhook_events_total', { kind: 'inbound', result: 'duplicate' })).toBe(0);
    expect(value('redis_reconnects_total', {})).toBe(0);
    expect(value('delivery_flags_total', { account: 'shop', flag: 'redundant_accept' })).toBe(0);
    expect(value('gate_changes_total', { account: 'shop', state: 'paused' })).toBe(0);
    expect(value('sweep_mends_total', { account: 'shop', what: 'attempt' })).toBe(0);
  });

  it('have no gauge about Redis, and no progress in 1970', async () => {
    const { value } = await open().read();
    expect(value('orphan_receipts', {})).toBeUndefined();
    expect(value('redis_memory_used_bytes', {})).toBeUndefined();
    expect(value('last_progress_timestamp_seconds', {})).toBeUndefined();
  });

  it('may be had in many registries, with or without the process’s own', async () => {
    const texts = await Promise.all(
      [true, false].map((defaultMetrics) =>
        createMetrics({ version: '1', role: 'worker', defaultMetrics }).render(),
      ),
    );
    expect(texts.map((text) => text.includes('process_cpu_seconds_total'))).toEqual([true, false]);
  });
});

describe('an attempt that ended', () => {
  const accepted: AttemptEnded = {
    ...subject,
    attemptId: 'a1',
    attempt: 2,
    send: 'file',
    outcome: 'accepted',
    reason: 'ok',
    detail: null,
    durationMs: 120,
    queueDelayMs: 40,
    dueToAcceptMs: 160,
    decision: 'accept',
    nextAttemptAt: null,
    sessionClosesAt: null,
    unique: 'AbC=',
  };

  it('is counted, timed and told in one wide line, the recipient masked', async () => {
    const { observer, read, lines } = open();
    observer.attemptEnded(accepted);
    const { value } = await read();
    expect(value('attempts_total', { account: 'shop', outcome: 'accepted', reason: 'ok' })).toBe(1);
    expect(value('attempt_duration_seconds_sum', { outcome: 'accepted' })).toBe(0.12);
    expect(value('due_to_accept_seconds_sum', {})).toBe(0.16);
    expect(lines()).toEqual([
      { ...accepted, recipient: '972…67', level: 'info', msg: 'attempt ended', time: expect.any(String) },
    ]);
  });

  it.each([
    ['rejected', '5', '5', 'warn'],
    ['rejected', '31', 'other', 'warn'],
    ['unknown', 'http_503', 'http_503', 'warn'],
    ['account_error', '3', '3', 'error'],
    ['not_sent', 'Socket 10.0.0.1', 'other', 'warn'],
  ] as const)('%s by reason %s is labelled', async (...[outcome, reason, label, level]) => {
    const { observer, read, lines } = open();
    observer.attemptEnded({ ...accepted, outcome, reason, dueToAcceptMs: null, nextAttemptAt: 0 });
    const { value } = await read();
    expect(value('attempts_total', { account: 'shop', outcome, reason: label })).toBe(1);
    expect(value('due_to_accept_seconds_count', {})).toBe(0);
    expect(lines()).toMatchObject([{ level, reason, nextAttemptAt: '1970-01-01T00:00:00.000Z' }]);
  });
});

describe('each event writes its metric and its line', () => {
  type Case = readonly [string, (observer: Observer) => void, Expected];
  type Expected = {
    readonly metric?: readonly [string, Record<string, string>, number];
    readonly line?: object;
  };

  it.each<Case>([
    [
      'a delivery that moved',
      (to) =>
        to.deliveryMoved({
          ...subject,
          from: 'sent',
          to: 'delivered',
          reason: null,
          acceptToDeliveredMs: 90_000,
        }),
      {
        metric: ['delivery_transitions_total', { account: 'shop', status: 'delivered' }, 1],
        line: { msg: 'delivery moved', from: 'sent', to: 'delivered', level: 'debug' },
      },
    ],
    [
      'a claim granted',
      (to) => to.claimGranted({ ...subject, verdict: 'go', decision: 'send', until: null }),
      {
        metric: ['claims_total', { account: 'shop', verdict: 'go' }, 1],
        line: { msg: 'claim granted', level: 'debug' },
      },
    ],
    [
      'a claim refused',
      (to) => to.claimRefused({ ...subject, verdict: 'pair', decision: 'wait', until: 1000 }),
      {
        metric: ['claims_total', { account: 'shop', verdict: 'pair' }, 1],
        line: { msg: 'claim refused', until: '1970-01-01T00:00:01.000Z' },
      },
    ],
    [
      'a flag',
      (to) => to.deliveryFlagged({ ...subject, flag: 'unique_missing', detail: null }),
      {
        metric: ['delivery_flags_total', { account: 'shop', flag: 'unique_missing' }, 1],
        line: { level: 'warn', msg: 'delivery flagged', flag: 'unique_missing', recipient: '972…67' },
      },
    ],
    [
      'a window corrected',
      (to) => to.windowCorrected({ ...subject, reason: '7', expectedClosesAt: null }),
      { metric: ['window_corrections_total', { account: 'shop' }, 1], line: { msg: 'window corrected' } },
    ],
    [
      'a session opened',
      (to) => to.sessionOpened({ ...subject, closesAt: 0 }),
      { metric: ['sessions_opened_total', { account: 'shop' }, 1], line: { msg: 'session opened' } },
    ],
    [
      'a webhook applied',
      (to) =>
        to.webhookApplied({
          account: 'shop',
          kind: 'receipt',
          result: 'applied',
          what: 'delivered',
          deliveryId: DELIVERY,
          recipient: NUMBER,
          from: 'sent',
          to: 'delivered',
          reason: null,
          receivedAt: 5000,
        }),
      {
        metric: ['webhook_last_event_timestamp_seconds', { account: 'shop' }, 5],
        line: { msg: 'webhook applied', recipient: '972…67', from: 'sent', to: 'delivered' },
      },
    ],
    [
      'a webhook about no account of ours',
      (to) =>
        to.webhookApplied({
          account: null,
          kind: 'other',
          result: 'ignored',
          what: 'hook_unlisted',
          deliveryId: null,
          recipient: null,
          from: null,
          to: null,
          reason: null,
          receivedAt: 0,
        }),
      {
        metric: ['webhook_events_total', { kind: 'other', result: 'ignored' }, 1],
        line: { msg: 'webhook applied', account: null, recipient: null },
      },
    ],
    [
      'a webhook refused',
      (to) => to.webhookRefused({ refusal: 'token', detail: null }),
      {
        metric: ['webhook_events_total', { kind: 'unread', result: 'token' }, 1],
        line: { level: 'warn', msg: 'webhook refused' },
      },
    ],
    [
      'a callback kept for a person to read',
      (to) => to.webhookQuarantined({ name: 'receipt_incomplete' }),
      {
        metric: ['webhook_quarantined_total', { why: 'incomplete' }, 1],
        line: { level: 'warn', name: 'receipt_incomplete' },
      },
    ],
    [
      'bodies on disk',
      (to) => to.bodiesSpooled({ result: 'spooled', bodies: 3 }),
      { metric: ['webhook_spool_bodies_total', { result: 'spooled' }, 3] },
    ],
    [
      'bodies that nobody could read',
      (to) => to.bodiesSpooled({ result: 'damaged', bodies: 2 }),
      {
        metric: ['webhook_spool_bodies_total', { result: 'damaged' }, 2],
        line: { level: 'error', msg: 'bodies set aside', bodies: 2 },
      },
    ],
    [
      'the spool',
      (to) => to.spoolMeasured({ bytes: 5, limitBytes: 10 }),
      { metric: ['webhook_spool_limit_bytes', {}, 10] },
    ],
    [
      'a webhook answered',
      (to) => to.webhookAnswered({ code: 200, durationMs: 4 }),
      { metric: ['webhook_request_duration_seconds_count', { code: '200' }, 1] },
    ],
    [
      'a gate closed',
      (to) => to.gateChanged({ account: 'shop', state: 'paused', reason: '3', until: null, by: 'worker' }),
      {
        metric: ['gate_changes_total', { account: 'shop', state: 'paused' }, 1],
        line: { level: 'warn', msg: 'gate closed', reason: '3' },
      },
    ],
    [
      'a gate opened',
      (to) => to.gateChanged({ account: 'shop', state: 'open', reason: 'probe', until: null, by: 'worker' }),
      { line: { level: 'info', msg: 'gate opened' } },
    ],
    [
      'a budget used up',
      (to) => to.budgetExhausted({ account: 'shop', period: 'day', renewsAt: 0 }),
      { line: { level: 'warn', msg: 'budget exhausted', renewsAt: '1970-01-01T00:00:00.000Z' } },
    ],
    [
      'a sweep',
      (to) => to.swept({ account: 'shop', wakesReplayed: 1, jobsAdded: 0, staleAttempts: 0 }),
      {
        metric: ['sweep_mends_total', { account: 'shop', what: 'wake' }, 1],
        line: { msg: 'swept', wakesReplayed: 1 },
      },
    ],
    [
      'a sweep that found nothing',
      (to) => to.swept({ account: 'shop', wakesReplayed: 0, jobsAdded: 0, staleAttempts: 0 }),
      {},
    ],
    [
      'Redis’s memory',
      (to) => to.memoryMeasured({ usedBytes: 7, limitBytes: 10 }),
      { metric: ['redis_memory_limit_bytes', {}, 10] },
    ],
    ['orphans', (to) => to.orphanReceiptsMeasured(3), { metric: ['orphan_receipts', {}, 3] }],
    [
      'a lease',
      (to) => to.leaseTaken('sweeper'),
      { metric: ['leader', { role: 'sweeper' }, 1], line: { msg: 'lease taken' } },
    ],
    [
      'a reconnect',
      (to) => to.redisReconnected({ connection: 'worker', reason: 'READONLY' }),
      { metric: ['redis_reconnects_total', {}, 1], line: { level: 'warn', msg: 'redis reconnected' } },
    ],
    [
      'a command',
      (to) => to.redisCommandEnded({ command: 'claim', durationMs: 2 }),
      { metric: ['redis_command_duration_seconds_sum', { command: 'claim' }, 0.002] },
    ],
    [
      'a request',
      (to) => to.httpAnswered({ route: '/v1/deliveries/:id', method: 'GET', code: 404, durationMs: 3 }),
      {
        metric: [
          'http_request_duration_seconds_count',
          { route: '/v1/deliveries/:id', method: 'GET', code: '404' },
          1,
        ],
        line: { level: 'debug', msg: 'request answered' },
      },
    ],
    ['progress', (to) => to.progressed(7000), { metric: ['last_progress_timestamp_seconds', {}, 7] }],
    [
      'a setting whose file is not usable',
      (to) => to.settingUnusable({ setting: 'WAYBILL_WEBHOOK_TOKEN_FILE', problem: 'is empty' }),
      {
        metric: ['setting_unusable', { setting: 'WAYBILL_WEBHOOK_TOKEN_FILE' }, 1],
        line: { level: 'error', setting: 'WAYBILL_WEBHOOK_TOKEN_FILE' },
      },
    ],
    [
      'a setting whose file is usable again',
      (to) => to.settingMended('WAYBILL_WEBHOOK_TOKEN_FILE'),
      {
        metric: ['setting_unusable', { setting: 'WAYBILL_WEBHOOK_TOKEN_FILE' }, 0],
        line: { level: 'info', setting: 'WAYBILL_WEBHOOK_TOKEN_FILE' },
      },
    ],
  ])('%s', async (_what, tell, { metric, line }) => {
    const { observer, read, lines } = open();
    tell(observer);
    const { value } = await read();
    if (metric !== undefined) expect(value(metric[0], metric[1])).toBe(metric[2]);
    expect(lines()).toMatchObject(line === undefined ? [] : [line]);
    expect(JSON.stringify(lines())).not.toContain(NUMBER);
  });
});

describe('the gauges of the lease holder', () => {
  const measured: BacklogMeasured = {
    account: 'shop',
    gate: { state: 'paused', reason: '3' },
    due: 4,
    oldestDueAgeMs: 1500,
    unknown: 1,
    oldestUnknownAgeMs: 60_000,
    held: { window: 7, budget: 0, account: 2 },
    jobs: { delayed: 9 },
    budget: { day: { limit: 100, remaining: 40 }, month: null },
  };

  it('show what was measured', async () => {
    const { observer, read } = open();
    observer.backlogMeasured(measured);
    const { value } = await read();
    expect(value('deliveries_due', { account: 'shop' })).toBe(4);
    expect(value('oldest_due_age_seconds', { account: 'shop' })).toBe(1.5);
    expect(value('deliveries_unknown', { account: 'shop' })).toBe(1);
    expect(value('oldest_unknown_age_seconds', { account: 'shop' })).toBe(60);
    expect(value('deliveries_held', { account: 'shop', reason: 'window' })).toBe(7);
    expect(value('queue_jobs', { account: 'shop', state: 'delayed' })).toBe(9);
    expect(value('session_budget_limit', { account: 'shop', period: 'day' })).toBe(100);
    expect(value('session_budget_remaining', { account: 'shop', period: 'day' })).toBe(40);
    expect(value('session_budget_limit', { account: 'shop', period: 'month' })).toBeUndefined();
    expect(value('account_paused', { account: 'shop', reason: '3' })).toBe(1);
    expect(value('breaker_open', { account: 'shop' })).toBe(0);
  });

  it('forget a pause that ended', async () => {
    const { observer, read } = open();
    observer.backlogMeasured(measured);
    observer.backlogMeasured({ ...measured, gate: { state: 'breaker', reason: 'failures' } });
    const { value } = await read();
    expect(value('account_paused', { account: 'shop', reason: '3' })).toBeUndefined();
    expect(value('breaker_open', { account: 'shop' })).toBe(1);
  });

  it('are dropped when the lease is lost, and counters stay', async () => {
    const { observer, read } = open();
    observer.leaseTaken('sweeper');
    observer.backlogMeasured(measured);
    observer.orphanReceiptsMeasured(2);
    observer.memoryMeasured({ usedBytes: 7, limitBytes: 10 });
    observer.sessionOpened({ ...subject, closesAt: 0 });
    observer.leaseLost('sweeper');
    const { value } = await read();
    for (const gauge of ['deliveries_due', 'breaker_open'])
      expect(value(gauge, { account: 'shop' })).toBeUndefined();
    for (const gauge of ['orphan_receipts', 'redis_memory_used_bytes', 'redis_memory_limit_bytes'])
      expect(value(gauge, {})).toBeUndefined();
    expect(value('leader', { role: 'sweeper' })).toBe(0);
    expect(value('sessions_opened_total', { account: 'shop' })).toBe(1);
  });
});

function open() {
  const written: string[] = [];
  const log = createLog({
    level: 'debug',
    format: 'json',
    destination: { write: (line) => written.push(line) },
  });
  const metrics = createMetrics({
    version: '1.2.3',
    role: 'worker',
    defaultMetrics: false,
    accounts: ['shop', 'desk'],
  });
  const read = async () => {
    const { types, samples } = parseMetrics(await metrics.render());
    const value = (name: string, labels: Readonly<Record<string, string>>): number | undefined =>
      samples.find((each) => each.name === `waybill_${name}` && sameLabels(each.labels, labels))?.value;
    return { types, value };
  };
  const lines = (): unknown[] => written.map((line): unknown => JSON.parse(line));
  return { observer: createObserver({ metrics, log }), read, lines };
}

function sameLabels(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const flat = (labels: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(labels).sort());
  return flat(one) === flat(other);
}
