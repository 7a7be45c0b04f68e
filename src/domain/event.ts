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
export type EventType = (typeof EVENT_TYPES)[number];
export type DeliveryEventType = Extract<EventType, `delivery.${string}`>;

/** `timestamp`: ISO 8601, by Redis's clock. */
type Told<Type extends EventType, Data> = {
  /** Unique among all accounts' events; the same whenever and by whichever way it is told. */
  readonly id: string;
  readonly type: Type;
  readonly timestamp: string;
  readonly data: Data;
};

export type EventAccount = {
  /** The account's number. */
  readonly from: string;
  /** Its name when the event is read; its number where no settings name it any more. */
  readonly account: string;
};

/** A delivery moved. Its recipient is not told: the app knows it by the id or by its own metadata. */
export type DeliveryEvent = Told<
  DeliveryEventType,
  EventAccount & {
    readonly deliveryId: string;
    /** `waiting` comes under the type `delivery.queued`, whose reason then says for what. */
    readonly status: Status;
    readonly reason: string | null;
    /** How many attempts had begun by then. */
    readonly attempt: number;
    /** The provider's id of the message, from its acceptance on. */
    readonly unique: string | null;
    /** Of `delivery.failed` where the provider reported it after acceptance: its code, and its words. */
    readonly failureCode: string | null;
    readonly failureReason: string | null;
    readonly metadata: Readonly<Record<string, string>>;
  }
>;

export type AccountEvent = Told<
  'account.paused' | 'account.resumed',
  EventAccount & {
    /** Why it was paused or resumed, where somebody said so. */
    readonly reason: string | null;
    /** `worker`, `operator` or `probe`. */
    readonly by: string;
    /** The operator's name; null where none was given. */
    readonly who: string | null;
    /** From where the operator did it: `page`, `API`, or the command line or library with its host. */
    readonly source: string | null;
  }
>;

/** The first delivery has to wait for the budget of a day or month to renew. */
export type BudgetEvent = Told<
  'budget.exhausted',
  EventAccount & {
    /** `2026-11-22` or `2026-11`, in the account's time zone. */
    readonly period: string;
    readonly limit: number;
    /** ISO 8601. */
    readonly renewsAt: string;
  }
>;

export type WaybillEvent = DeliveryEvent | AccountEvent | BudgetEvent;

/** Some events of an account are no longer kept, and a reader who came back for them cannot have them. */
export type GapEvent = {
  /** Of the first event that is kept. */
  readonly id: string;
  readonly type: 'gap';
  readonly timestamp: string;
  readonly data: EventAccount & {
    /** The last event that the reader had. */
    readonly after: string;
  };
};

/** Posted by an operator who tries an endpoint. It is about no account and no delivery. */
export type TestEvent = {
  readonly id: string;
  readonly type: 'test';
  readonly timestamp: string;
  readonly data: {
    /** Its name. */
    readonly endpoint: string;
    /** ISO 8601. */
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
