import { Gauge, type Registry } from 'prom-client';

export type Gauges = ReturnType<typeof processGauges> & ReturnType<typeof redisGauges>;

/** `dropRedisGauges` removes what only the lease holder may publish. */
export function defineGauges(registry: Registry) {
  const ofRedis = redisGauges(registry);
  const ofProcess = processGauges(registry);
  const { orphanReceipts, redisMemoryUsed, redisMemoryLimit, ...labelled } = ofRedis;
  const dropRedisGauges = (): void => {
    for (const gauge of Object.values(labelled)) gauge.reset();
    // Without labels, `reset` would leave them at 0.
    for (const gauge of [orphanReceipts, redisMemoryUsed, redisMemoryLimit]) gauge.remove();
  };
  dropRedisGauges();
  // Absent until there is some: 0 would read as progress made in 1970.
  ofProcess.lastProgress.remove();
  // Only who has a spool tells of it.
  for (const gauge of [ofProcess.spoolBytes, ofProcess.spoolLimit]) gauge.remove();
  const gauges: Gauges = { ...ofRedis, ...ofProcess };
  return { gauges, dropRedisGauges };
}

function redisGauges(registry: Registry) {
  const gauge = gaugeOf(registry);
  return {
    accountPaused: gauge(
      'account_paused',
      '1 while the account is paused until an operator or a good probe',
      ['account', 'reason'],
    ),
    breakerOpen: gauge('breaker_open', '1 while many failures keep the gate closed', ['account']),
    deliveriesHeld: gauge('deliveries_held', 'Deliveries that wait for an event', ['account', 'reason']),
    deliveriesDue: gauge('deliveries_due', 'Deliveries that may go now', ['account']),
    oldestDueAge: gauge('oldest_due_age_seconds', 'How long the oldest due delivery has been due', [
      'account',
    ]),
    deliveriesUnknown: gauge('deliveries_unknown', 'Deliveries whose outcome is not known', ['account']),
    oldestUnknownAge: gauge('oldest_unknown_age_seconds', 'How long ago the oldest attempt of them began', [
      'account',
    ]),
    queueJobs: gauge('queue_jobs', 'Jobs in the account’s queue', ['account', 'state']),
    sessionBudgetLimit: gauge('session_budget_limit', 'Sessions that may be opened', ['account', 'period']),
    sessionBudgetRemaining: gauge('session_budget_remaining', 'Sessions that may still be opened', [
      'account',
      'period',
    ]),
    providerWebhookOk: gauge(
      'provider_webhook_ok',
      '1 while the provider has the account’s webhook set as it is needed',
      ['account'],
    ),
    orphanReceipts: gauge('orphan_receipts', 'Messages that are not known, for which receipts are kept'),
    redisMemoryUsed: gauge('redis_memory_used_bytes', 'What Redis holds'),
    redisMemoryLimit: gauge(
      'redis_memory_limit_bytes',
      'How much Redis may hold: maxmemory, or its machine’s memory',
    ),
  };
}

function processGauges(registry: Registry) {
  const gauge = gaugeOf(registry);
  return {
    webhookLastEvent: gauge('webhook_last_event_timestamp_seconds', 'When the last callback came', [
      'account',
    ]),
    spoolBytes: gauge('webhook_spool_bytes', 'What the bodies of callbacks that wait on disk take'),
    spoolLimit: gauge('webhook_spool_limit_bytes', 'How much they may take'),
    settingUnusable: gauge(
      'setting_unusable',
      '1 while a setting’s file is not usable, and its last good content in use',
      ['setting'],
    ),
    leader: gauge('leader', '1 while this process holds the lease', ['role']),
    lastProgress: gauge(
      'last_progress_timestamp_seconds',
      'When the worker last took a delivery; at first, when it was started',
    ),
    buildInfo: gauge('build_info', 'Always 1; the role is the process: worker, webhooks, …', [
      'version',
      'role',
    ]),
  };
}

function gaugeOf(registry: Registry) {
  return <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `waybill_${name}`, help, labelNames, registers: [registry] });
}
