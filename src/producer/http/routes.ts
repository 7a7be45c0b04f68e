import type { Api } from './api.js';
import { type AccountRoutes, addAccounts } from './routes/accounts.js';
import { addDelivery, type DeliveryRoutes } from './routes/delivery.js';
import { type ActionRoutes, addActions } from './routes/delivery-actions.js';
import { addEnqueue, type EnqueueRoutes } from './routes/enqueue.js';
import { addLedger, type LedgerRoutes } from './routes/ledger.js';

/** What the routes call. */
export type Operations = EnqueueRoutes & DeliveryRoutes & ActionRoutes & AccountRoutes & LedgerRoutes;

/** Every route behind a key; a new one is added here. */
const ROUTES: readonly ((api: Api, operations: Operations) => void)[] = [
  addEnqueue,
  addDelivery,
  addActions,
  addAccounts,
  addLedger,
];

export function addRoutes(api: Api, operations: Operations): void {
  for (const add of ROUTES) add(api, operations);
}
