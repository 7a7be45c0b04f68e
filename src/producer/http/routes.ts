import type { Api } from './api.js';
import { type AccountRoutes, addAccounts } from './routes/accounts.js';
import { type AmendRoutes, addAmend } from './routes/amend.js';
import { addBatch, type BatchRoutes } from './routes/batch.js';
import { addConversations, type ConversationRoutes } from './routes/conversations.js';
import { addDelivery, type DeliveryRoutes } from './routes/delivery.js';
import { type ActionRoutes, addActions } from './routes/delivery-actions.js';
import { addEndpoints, type EndpointRoutes } from './routes/endpoints.js';
import { addEnqueue, type EnqueueRoutes } from './routes/enqueue.js';
import { addEventStream, type EventRoutes } from './routes/events.js';
import { addLedger, type LedgerRoutes } from './routes/ledger.js';
import { addList, type ListRoutes } from './routes/list.js';
import { addQuarantine, type QuarantineRoutes } from './routes/quarantine.js';
import { addRecipients, type RecipientRoutes } from './routes/recipients.js';

/** What the routes call. */
export type Operations = EnqueueRoutes &
  ListRoutes &
  DeliveryRoutes &
  AmendRoutes &
  ActionRoutes &
  AccountRoutes &
  ConversationRoutes &
  RecipientRoutes &
  BatchRoutes &
  LedgerRoutes &
  EventRoutes &
  EndpointRoutes &
  QuarantineRoutes;

/** Every route behind a key; a new one is added here. */
const ROUTES: readonly ((api: Api, operations: Operations) => void)[] = [
  addEnqueue,
  addList,
  addBatch,
  addDelivery,
  addAmend,
  addActions,
  addAccounts,
  addConversations,
  addRecipients,
  addLedger,
  addEventStream,
  addEndpoints,
  addQuarantine,
];

export function addRoutes(api: Api, operations: Operations): void {
  for (const add of ROUTES) add(api, operations);
}
