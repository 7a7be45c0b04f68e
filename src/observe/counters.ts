import { Counter, type Registry } from 'prom-client';

export type Counters = ReturnType<typeof defineCounters>;

export function defineCounters(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `waybill_${name}`, help, labelNames, registers: [registry] });
  return {
    deliveryTransitions: counter('delivery_transitions_total', 'Deliveries that came to a status', [
      'account',
      'status',
    ]),
    attempts: counter('attempts_total', 'Attempts by what they came to', ['account', 'outcome', 'reason']),
    claims: counter('claims_total', 'Claims by what they came to', ['account', 'verdict']),
    deliveryFlags: counter('delivery_flags_total', 'Deliveries of which something ought not to be', [
      'account',
      'flag',
    ]),
    preflights: counter('preflights_total', 'Looks at links before they are sent', ['account', 'result']),
    sessionsOpened: counter('sessions_opened_total', 'Paid sessions opened', ['account']),
    windowCorrections: counter('window_corrections_total', 'Windows that the provider said were closed', [
      'account',
    ]),
    gateChanges: counter('gate_changes_total', 'Times that the account’s gate came to a state', [
      'account',
      'state',
    ]),
    sweepMends: counter('sweep_mends_total', 'What the sweeper had to mend', ['account', 'what']),
    webhookEvents: counter('webhook_events_total', 'Callbacks taken, and refused ones', ['kind', 'result']),
    webhookQuarantined: counter('webhook_quarantined_total', 'Callbacks kept for a person to read', ['why']),
    spooledBodies: counter('webhook_spool_bodies_total', 'Bodies of callbacks that waited on disk', [
      'result',
    ]),
    eventPushes: counter('event_pushes_total', 'Events posted to their endpoints', ['endpoint', 'result']),
    eventPushGaps: counter(
      'event_push_gaps_total',
      'Times that events were dropped before their endpoint was told',
      ['endpoint'],
    ),
    redisReconnects: counter('redis_reconnects_total', 'Connections to Redis made anew'),
  };
}
