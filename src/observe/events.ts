import { observeAccounts } from './account-events.js';
import { observeDeliveries } from './delivery-events.js';
import type { Observer } from './observer.js';
import { observeProcess } from './process-events.js';
import { observePushes } from './push-events.js';
import type { Sinks } from './sinks.js';
import { observeWebhooks } from './webhook-events.js';

/** The observer that worker, webhooks and API take by injection. */
export function createObserver(sinks: Sinks): Observer {
  return {
    ...observeDeliveries(sinks),
    ...observeAccounts(sinks),
    ...observeWebhooks(sinks),
    ...observePushes(sinks),
    ...observeProcess(sinks),
  };
}
