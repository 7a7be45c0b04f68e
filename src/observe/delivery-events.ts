import type { OutcomeKind } from '../domain/outcome.js';
import { reached } from '../domain/status.js';
import { reasonLabel } from './labels.js';
import type { AttemptEnded, ClaimDecided, DeliveryMoved, DeliveryObserver } from './observer.js';
import type { Sinks } from './sinks.js';
import { toSeconds, toTime } from './told.js';

type Level = 'info' | 'warn' | 'error';

/** What somebody should look at is louder. */
const ATTEMPT_LEVEL: Readonly<Record<OutcomeKind, Level>> = {
  accepted: 'info',
  rejected: 'warn',
  throttled: 'warn',
  account_error: 'error',
  window_closed: 'info',
  not_sent: 'warn',
  unknown: 'warn',
};

export function observeDeliveries(sinks: Sinks): DeliveryObserver {
  const { metrics, log } = sinks;
  return {
    attemptEnded: (event) => attemptEnded(sinks, event),
    deliveryMoved: (event) => deliveryMoved(sinks, event),
    claimGranted: (event) => claimDecided(sinks, event, 'claim granted'),
    claimRefused: (event) => claimDecided(sinks, event, 'claim refused'),
    deliveryFlagged: (event) => {
      metrics.counters.deliveryFlags.inc({ account: event.account, flag: event.flag });
      log.warn('delivery flagged', event);
    },
    preflightEnded: (event) => {
      const { account, result } = event;
      metrics.counters.preflights.inc({ account, result });
      log[result === 'passed' ? 'info' : 'warn']('link looked at', event);
    },
    windowCorrected: (event) => {
      metrics.counters.windowCorrections.inc({ account: event.account });
      log.info('window corrected', { ...event, expectedClosesAt: toTime(event.expectedClosesAt) });
    },
    sessionOpened: (event) => {
      metrics.counters.sessionsOpened.inc({ account: event.account });
      // The attempt's own line tells of it too.
      log.debug('session opened', () => ({ ...event, closesAt: toTime(event.closesAt) }));
    },
  };
}

/** The one wide line per attempt. */
function attemptEnded({ metrics, log }: Sinks, event: AttemptEnded): void {
  const { account, outcome, durationMs, dueToAcceptMs } = event;
  metrics.counters.attempts.inc({ account, outcome, reason: reasonLabel(event.reason) });
  metrics.histograms.attemptDuration.observe({ outcome }, toSeconds(durationMs));
  if (dueToAcceptMs !== null) metrics.histograms.dueToAccept.observe(toSeconds(dueToAcceptMs));
  log[ATTEMPT_LEVEL[outcome]]('attempt ended', {
    ...event,
    nextAttemptAt: toTime(event.nextAttemptAt),
    sessionClosesAt: toTime(event.sessionClosesAt),
  });
}

function deliveryMoved({ metrics, log }: Sinks, event: DeliveryMoved): void {
  const { account, to, acceptToDeliveredMs } = event;
  metrics.counters.deliveryTransitions.inc({ account, status: to });
  if (acceptToDeliveredMs !== undefined) {
    metrics.histograms.acceptToDelivered.observe(toSeconds(acceptToDeliveredMs));
  }
  log[isTold(event) ? 'debug' : 'info']('delivery moved', event);
}

/** The attempt's own line tells how it ended, and the callback's what became of what was accepted. */
function isTold({ from, reason }: DeliveryMoved): boolean {
  if (from === 'sending') return reason !== 'worker_lost';
  return from !== null && reached(from, 'accepted');
}

/** Debug: a lane's followers are refused in passing, and the attempt's line tells the rest. */
function claimDecided({ metrics, log }: Sinks, event: ClaimDecided, message: string): void {
  metrics.counters.claims.inc({ account: event.account, verdict: event.verdict });
  log.debug(message, () => ({ ...event, until: toTime(event.until) }));
}
