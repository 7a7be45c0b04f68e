import { quarantineLabel, REFUSED_KIND } from './labels.js';
import type { WebhookApplied, WebhookObserver } from './observer.js';
import type { Sinks } from './sinks.js';
import { toSeconds } from './told.js';

export function observeWebhooks(sinks: Sinks): WebhookObserver {
  const { metrics, log } = sinks;
  return {
    webhookApplied: (event) => webhookApplied(sinks, event),
    webhookRefused: (event) => {
      metrics.counters.webhookEvents.inc({ kind: REFUSED_KIND, result: event.refusal });
      log.warn('webhook refused', event);
    },
    webhookAnswered: ({ code, durationMs }) =>
      metrics.histograms.webhookRequestDuration.observe({ code: `${code}` }, toSeconds(durationMs)),
    webhookQuarantined: ({ name }) => {
      metrics.counters.webhookQuarantined.inc({ why: quarantineLabel(name) });
      log.warn('callback kept for a person to read', { name });
    },
    bodiesSpooled: ({ result, bodies }) => {
      metrics.counters.spooledBodies.inc({ result }, bodies);
      if (result === 'failed' || result === 'damaged') log.error('bodies set aside', { result, bodies });
    },
    spoolMeasured: ({ bytes, limitBytes }) => {
      metrics.gauges.spoolBytes.set(bytes);
      metrics.gauges.spoolLimit.set(limitBytes);
    },
  };
}

function webhookApplied({ metrics, log }: Sinks, event: WebhookApplied): void {
  const { account, kind, result } = event;
  metrics.counters.webhookEvents.inc({ kind, result });
  if (account !== null) metrics.gauges.webhookLastEvent.set({ account }, toSeconds(event.receivedAt));
  log.info('webhook applied', event);
}
