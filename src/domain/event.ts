import type { Status } from './status.js';

/** What apps are told of: the changes of their deliveries, and of the accounts that these go by. */
export const EVENT_TYPES = [
  'delivery.queued',
  'delivery.held',
  'delivery.sending',
  'delivery.accepted',
  'delivery.sent',
  'delivery.delivered',
  'delivery.read',
  'delivery.failed',
  'delivery.expired',
  'delivery.cancelled',
  'delivery.unknown',
  'account.paused',
  'account.resumed',
  'budget.exhausted',
] as const;
/**
 * What an event is about; `waiting` deliveries come as `delivery.queued`.
 * @useDeclaredType
 */
export type EventType = (typeof EVENT_TYPES)[number];
/** The event types of deliveries. */
export type DeliveryEventType = Extract<EventType, `delivery.${string}`>;

/** What every event has. */
export type EventEnvelope<Type extends EventType, Data> = {
  /** Unique among all accounts' events; the same however it is read. */
  readonly id: string;
  /** What happened. */
  readonly type: Type;
  /** When: ISO 8601, by Redis's clock. */
  readonly timestamp: string;
  /** To which delivery or account, and how. */
  readonly data: Data;
};

/** The account that an event is about. */
export type EventAccount = {
  /** The account's number. */
  readonly from: string;
  /** Its name when the event is read; its number where no settings name it any more. */
  readonly account: string;
};

/** Which delivery moved, and to where. */
export type DeliveryEventData = EventAccount & {
  /** The delivery's id. */
  readonly deliveryId: string;
  /** `waiting` comes under the type `delivery.queued`, whose reason then says for what. */
  readonly status: Status;
  /** Why it has this status. */
  readonly reason: string | null;
  /** How many attempts had begun by then. */
  readonly attempt: number;
  /** The provider's id of the message, from its acceptance on. */
  readonly unique: string | null;
  /** Of `delivery.failed` where the provider reported it after acceptance: the provider's code. */
  readonly failureCode: string | null;
  /** The provider's words for the failure, numbers masked. */
  readonly failureReason: string | null;
  /** The request's metadata. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** A delivery moved. Its recipient is not told: the app knows it by the id or by its own metadata. */
export type DeliveryEvent = EventEnvelope<DeliveryEventType, DeliveryEventData>;

/** Which account, why and by whom. */
export type AccountEventData = EventAccount & {
  /** Why it was paused or resumed, where somebody said so. */
  readonly reason: string | null;
  /** `worker`, `operator` or `probe`. */
  readonly by: string;
  /** The operator's name; null where none was given. */
  readonly who: string | null;
  /** From where the operator did it: `page`, `API`, or the command line or library with its host. */
  readonly source: string | null;
};

/** An account was paused, or goes on. */
export type AccountEvent = EventEnvelope<'account.paused' | 'account.resumed', AccountEventData>;

/** Which budget is used up. */
export type BudgetEventData = EventAccount & {
  /** `2026-11-22` or `2026-11`, in the account's time zone. */
  readonly period: string;
  /** Sessions that the period allows. */
  readonly limit: number;
  /** When the budget renews, ISO 8601. */
  readonly renewsAt: string;
};

/** The first delivery has to wait for the budget of a day or month to renew. */
export type BudgetEvent = EventEnvelope<'budget.exhausted', BudgetEventData>;

/** What happened to a delivery or an account. */
export type WaybillEvent = DeliveryEvent | AccountEvent | BudgetEvent;

/** Some events of an account are no longer kept, and a reader who came back for them cannot have them. */
export type GapEvent = {
  /** Of the first event that is kept. */
  readonly id: string;
  /** Always `gap`. */
  readonly type: 'gap';
  /** That of the first event that is kept, ISO 8601. */
  readonly timestamp: string;
  /** Where the gap is. */
  readonly data: EventAccount & {
    /** The last event that the reader had. */
    readonly after: string;
  };
};

/** Posted by an operator who tries an endpoint. It is about no account and no delivery. */
export type TestEvent = {
  /** Unique among all events. */
  readonly id: string;
  /** Always `test`. */
  readonly type: 'test';
  /** When it was made, ISO 8601. */
  readonly timestamp: string;
  /** Which endpoint is tried. */
  readonly data: {
    /** The endpoint's name. */
    readonly endpoint: string;
    /** When it was sent, ISO 8601. */
    readonly sentAt: string;
  };
};

export function isEventType(text: unknown): text is EventType {
  return (EVENT_TYPES as readonly unknown[]).includes(text);
}

/** The type under which a delivery's new status is told. */
export function eventTypeOf(status: Status): DeliveryEventType {
  return status === 'waiting' ? 'delivery.queued' : `delivery.${status}`;
}
