import { type Counter, collectDefaultMetrics, type Gauge, Registry } from 'prom-client';
import { OUTCOMES } from '../domain/outcome.js';
import { PREFLIGHT_RESULTS } from '../domain/preflight.js';
import { STATUSES } from '../domain/status.js';
import { type Counters, defineCounters } from './counters.js';
import { defineGauges, type Gauges } from './gauges.js';
import { defineHistograms, type Histograms } from './histograms.js';
import {
  FLAGS,
  GATE_STATES,
  KNOWN_ATTEMPTS,
  PUSH_OUTCOMES,
  QUARANTINE_WHYS,
  REFUSED_KIND,
  SPOOL_RESULTS,
  SWEPT,
  VERDICTS,
  WEBHOOK_KINDS,
  WEBHOOK_REFUSALS,
  WEBHOOK_RESULTS,
} from './labels.js';

export type MetricsOptions = {
  readonly version: string;
  /** Which process this is, by the command that starts it. */
  readonly role: string;
  /** prom-client's own about the process; default true. */
  readonly defaultMetrics?: boolean;
  /** Names of the configured accounts: their counters start at 0. */
  readonly accounts?: readonly string[];
  /** Names of the configured event endpoints: theirs too. */
  readonly endpoints?: readonly string[];
};

/** Every metric of a process, in a registry of its own. */
export type Metrics = {
  readonly counters: Counters;
  readonly gauges: Gauges;
  readonly histograms: Histograms;
  readonly contentType: string;
  /** The text that Prometheus reads. */
  render(): Promise<string>;
  /** The account's counters start at 0, unless they have begun. */
  startAccount(account: string): void;
  /** The account is there no more: nothing is told of it from now on, whatever still ends. */
  dropAccount(account: string): void;
  /** Forgets what only the lease holder may publish, so that no stale number stays behind. */
  dropRedisGauges(): void;
};

export function createMetrics({
  version,
  role,
  defaultMetrics = true,
  accounts = [],
  endpoints = [],
}: MetricsOptions): Metrics {
  const registry = new Registry();
  if (defaultMetrics) collectDefaultMetrics({ register: registry });
  const counters = defineCounters(registry);
  const { gauges, dropRedisGauges } = defineGauges(registry);
  const histograms = defineHistograms(registry);
  gauges.buildInfo.set({ version, role }, 1);
  const dropped = new Set<string>();
  startProcess(counters, histograms);
  for (const account of accounts) startAccount(counters, account);
  for (const endpoint of endpoints) startEndpoint(counters, endpoint);
  return {
    counters,
    gauges,
    histograms,
    contentType: registry.contentType,
    async render() {
      await dropSeries([...Object.values(counters), ...Object.values(gauges)], dropped);
      return registry.metrics();
    },
    startAccount(account) {
      dropped.delete(account);
      startAccount(counters, account);
    },
    dropAccount: (account) => void dropped.add(account),
    dropRedisGauges,
  };
}

type Labelled = Pick<Counter | Gauge, 'get' | 'remove'>;

async function dropSeries(metrics: readonly Labelled[], accounts: ReadonlySet<string>): Promise<void> {
  if (accounts.size === 0) return;
  for (const metric of metrics) {
    const { values } = await metric.get();
    for (const { labels } of values) if (accounts.has(String(labels.account))) metric.remove(labels);
  }
}

function startProcess(
  { webhookEvents, webhookQuarantined, spooledBodies }: Counters,
  { attemptDuration }: Histograms,
): void {
  for (const kind of WEBHOOK_KINDS) {
    for (const result of WEBHOOK_RESULTS) webhookEvents.inc({ kind, result }, 0);
  }
  for (const refusal of WEBHOOK_REFUSALS) webhookEvents.inc({ kind: REFUSED_KIND, result: refusal }, 0);
  for (const why of QUARANTINE_WHYS) webhookQuarantined.inc({ why }, 0);
  for (const result of SPOOL_RESULTS) spooledBodies.inc({ result }, 0);
  for (const outcome of OUTCOMES) attemptDuration.zero({ outcome });
}

function startEndpoint({ eventPushes, eventPushGaps }: Counters, endpoint: string): void {
  for (const result of PUSH_OUTCOMES) eventPushes.inc({ endpoint, result }, 0);
  eventPushGaps.inc({ endpoint }, 0);
}

function startAccount(counters: Counters, account: string): void {
  for (const status of STATUSES) counters.deliveryTransitions.inc({ account, status }, 0);
  for (const { outcome, reason } of KNOWN_ATTEMPTS) counters.attempts.inc({ account, outcome, reason }, 0);
  for (const verdict of VERDICTS) counters.claims.inc({ account, verdict }, 0);
  for (const flag of FLAGS) counters.deliveryFlags.inc({ account, flag }, 0);
  for (const state of GATE_STATES) counters.gateChanges.inc({ account, state }, 0);
  for (const [what] of SWEPT) counters.sweepMends.inc({ account, what }, 0);
  for (const result of PREFLIGHT_RESULTS) counters.preflights.inc({ account, result }, 0);
  counters.sessionsOpened.inc({ account }, 0);
  counters.windowCorrections.inc({ account }, 0);
}
