import type { OperationDone } from '../domain/operation.js';
import { methodLabel } from './labels.js';
import type { Log } from './log.js';
import type { ProcessObserver } from './observer.js';
import type { Sinks } from './sinks.js';
import { toSeconds } from './told.js';

/** The log's line of what was done by hand. */
export function operationLogger(log: Pick<Log, 'info'>): (event: OperationDone) => void {
  return (event) => log.info('operation done', event);
}

/** Who sweeps also measures what is in Redis. */
const MEASURING_ROLE = 'sweeper';

export function observeProcess({ metrics, log }: Sinks): ProcessObserver {
  return {
    leaseTaken: (role) => {
      metrics.gauges.leader.set({ role }, 1);
      log.info('lease taken', { role });
    },
    leaseLost: (role) => {
      metrics.gauges.leader.set({ role }, 0);
      if (role === MEASURING_ROLE) metrics.dropRedisGauges();
      log.info('lease lost', { role });
    },
    redisReconnected: (event) => {
      metrics.counters.redisReconnects.inc();
      log.warn('redis reconnected', event);
    },
    redisCommandEnded: ({ command, durationMs }) =>
      metrics.histograms.redisCommandDuration.observe({ command }, toSeconds(durationMs)),
    httpAnswered: (event) => {
      const { route, method, code, durationMs } = event;
      metrics.histograms.httpRequestDuration.observe(
        { route, method: methodLabel(method), code: `${code}` },
        toSeconds(durationMs),
      );
      log.debug('request answered', event);
    },
    progressed: (at) => metrics.gauges.lastProgress.set(toSeconds(at)),
    operationDone: operationLogger(log),
    settingUnusable: (event) => {
      metrics.gauges.settingUnusable.set({ setting: event.setting }, 1);
      log.error('a setting’s file is not usable: its last good content stays in use', event);
    },
    settingMended: (setting) => {
      metrics.gauges.settingUnusable.set({ setting }, 0);
      log.info('a setting’s file is usable again, and in use', { setting });
    },
  };
}
