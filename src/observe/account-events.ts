import { gateLabel, SWEPT } from './labels.js';
import type { AccountObserver, BacklogMeasured, GateChanged, Swept, WebhookChecked } from './observer.js';
import type { Sinks } from './sinks.js';
import { toSeconds, toTime } from './told.js';

export function observeAccounts(sinks: Sinks): AccountObserver {
  const { metrics, log } = sinks;
  const showGate = gateShower(sinks);
  return {
    gateChanged: (event) => gateChanged(sinks, event),
    budgetExhausted: (event) => log.warn('budget exhausted', { ...event, renewsAt: toTime(event.renewsAt) }),
    swept: (event) => swept(sinks, event),
    backlogMeasured: (event) => {
      showGate(event);
      showBacklog(sinks, event);
    },
    orphanReceiptsMeasured: (count) => metrics.gauges.orphanReceipts.set(count),
    memoryMeasured: ({ usedBytes, limitBytes }) => {
      metrics.gauges.redisMemoryUsed.set(usedBytes);
      metrics.gauges.redisMemoryLimit.set(limitBytes);
    },
    webhookChecked: (event) => webhookChecked(sinks, event),
    accountsChanged: (event) => {
      for (const account of event.added) metrics.startAccount(account);
      for (const account of event.removed) metrics.dropAccount(account);
      log.info('accounts changed', event);
    },
  };
}

/** No gauge: that one follows Redis, or it would stay at 1 in the replica that did not see the gate open. */
function gateChanged({ metrics, log }: Sinks, event: GateChanged): void {
  metrics.counters.gateChanges.inc({ account: event.account, state: event.state });
  const told = { ...event, until: toTime(event.until) };
  if (event.state === 'open') log.info('gate opened', told);
  else log.warn('gate closed', told);
}

/** Remembers by account which reason is shown, so that it goes when the gate opens or the reason changes. */
function gateShower({ metrics: { gauges } }: Sinks): (event: BacklogMeasured) => void {
  const shown = new Map<string, string>();
  return ({ account, gate }) => {
    const reason = shown.get(account);
    if (reason !== undefined) gauges.accountPaused.remove({ account, reason });
    shown.delete(account);
    gauges.breakerOpen.set({ account }, gate.state === 'breaker' ? 1 : 0);
    if (gate.state !== 'paused') return;
    shown.set(account, gateLabel(gate.reason));
    gauges.accountPaused.set({ account, reason: gateLabel(gate.reason) }, 1);
  };
}

/** Silent where there was nothing to do, which is the rule. */
function swept({ metrics, log }: Sinks, event: Swept): void {
  const { account } = event;
  for (const [what, count] of SWEPT) metrics.counters.sweepMends.inc({ account, what }, event[count]);
  if (SWEPT.some(([, count]) => event[count] > 0)) log.info('swept', event);
}

function showBacklog({ metrics: { gauges } }: Sinks, event: BacklogMeasured): void {
  const { account } = event;
  gauges.deliveriesDue.set({ account }, event.due);
  gauges.oldestDueAge.set({ account }, toSeconds(event.oldestDueAgeMs));
  gauges.deliveriesUnknown.set({ account }, event.unknown);
  gauges.oldestUnknownAge.set({ account }, toSeconds(event.oldestUnknownAgeMs));
  for (const [reason, held] of Object.entries(event.held))
    gauges.deliveriesHeld.set({ account, reason }, held);
  for (const [state, jobs] of Object.entries(event.jobs)) gauges.queueJobs.set({ account, state }, jobs);
  for (const [period, budget] of Object.entries(event.budget)) {
    if (budget === null) continue;
    gauges.sessionBudgetLimit.set({ account, period }, budget.limit);
    gauges.sessionBudgetRemaining.set({ account, period }, budget.remaining);
  }
}

function webhookChecked({ metrics: { gauges }, log }: Sinks, event: WebhookChecked): void {
  const { account, state } = event;
  if (state !== 'unanswered') gauges.providerWebhookOk.set({ account }, state === 'right' ? 1 : 0);
  if (state === 'right') log.debug('webhook settings are right', event);
  else if (state === 'wrong') log.warn('webhook settings are wrong: see waybill provider check', event);
  else log.warn('webhook settings could not be asked for', event);
}
