import { observeAccounts } from './account-events.js';
import { observeDeliveries } from './delivery-events.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { Observer } from './observer.js';
import { observeProcess } from './process-events.js';
import { observeWebhooks } from './webhook-events.js';

/** What an event is told to: the process's metrics and its log. */
export type Sinks = { readonly metrics: Metrics; readonly log: Log };

/** The observer that worker, webhooks and API take by injection. */
export function createObserver(sinks: Sinks): Observer {
  return {
    ...observeDeliveries(sinks),
    ...observeAccounts(sinks),
    ...observeWebhooks(sinks),
    ...observeProcess(sinks),
  };
}
