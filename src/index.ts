export type { AccountTemplate, ClosedWindowPolicy, UnknownPolicy } from './domain/account.js';
export type { Receipt } from './domain/callback.js';
export type { Priority } from './domain/delivery.js';
export type {
  AccountEvent,
  AccountEventData,
  BudgetEvent,
  BudgetEventData,
  DeliveryEvent,
  DeliveryEventData,
  DeliveryEventType,
  EventAccount,
  EventEnvelope,
  EventType,
  GapEvent,
  TestEvent,
  WaybillEvent,
} from './domain/event.js';
export type { HostPort } from './domain/host-port.js';
export type { MediaType } from './domain/media.js';
export type { Actor, Signature, Verb } from './domain/operation.js';
export type { OutcomeKind } from './domain/outcome.js';
export type { Country } from './domain/phone-number.js';
export type { DataKey } from './domain/seal.js';
export type { Status } from './domain/status.js';
export * from './errors.js';
export { createWaybill, type OperatorVerbs, type Waybill } from './library.js';
export type { Amended } from './producer/amend.js';
export type { BulkAnswer, BulkOptions, BulkRecord, BulkSummary } from './producer/bulk/record.js';
export type { KnownAccount, WaybillOptions } from './producer/client-options.js';
export type { Enqueued, EnqueuedOrError } from './producer/enqueue.js';
export type { EventsAsked, EventsOptions, ReadEvent } from './producer/events.js';
export type { ListFilter, Page } from './producer/list.js';
export type { Narrow, Producer } from './producer/producer.js';
export type { EnqueueRequest } from './producer/read-request.js';
export type { ResendOptions, Resent } from './producer/resend.js';
export type { Resolution, Resolved } from './producer/resolve.js';
export type * from './producer/told.js';
export type { WaitOptions } from './producer/watch.js';
export type { Warning } from './queue/check-request.js';
export type { Changes, DeliveryRequest, RequestTemplate } from './queue/delivery-request.js';
export { deliveryIdOf } from './queue/names.js';
export type { RedisServers } from './redis/servers.js';
