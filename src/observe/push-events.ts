import type { EventPushed, PushObserver } from './observer.js';
import type { Sinks } from './sinks.js';

export function observePushes(sinks: Sinks): PushObserver {
  const { metrics, log } = sinks;
  return {
    eventPushed: (event) => eventPushed(sinks, event),
    eventsMissed: ({ endpoint }) => {
      metrics.counters.eventPushGaps.inc({ endpoint });
      log.error('events were dropped before their endpoint was told', { endpoint });
    },
    endpointRests: ({ endpoint, rest }) => {
      if (rest === null) log.info('endpoint serves again', { endpoint });
      else log.warn('endpoint is left alone', { endpoint, ...rest });
    },
  };
}

/** A failure alone is no news: the endpoint's rest tells of many, the dead letter of the last. */
function eventPushed({ metrics, log }: Sinks, event: EventPushed): void {
  const { endpoint, result } = event;
  metrics.counters.eventPushes.inc({ endpoint, result });
  if (result === 'dead') log.error('event is a dead letter', event);
  else log.debug('event pushed', event);
}
