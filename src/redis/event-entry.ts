import { eventId, type Position, timeOf } from '../domain/cursor.js';
import { type EventAccount, eventTypeOf, type GapEvent, type WaybillEvent } from '../domain/event.js';
import type { ReportedFailure } from '../domain/reason-words.js';
import { isStatus } from '../domain/status.js';

/** An entry of the stream as the scripts wrote it. */
export type StreamEntry = { readonly position: Position; readonly fields: ReadonlyMap<string, string> };

/** What a delivery's record adds. */
export type DeliveryFacts = ReportedFailure & {
  readonly unique: string | null;
  readonly metadata: Readonly<Record<string, string>>;
};

type Read = { readonly position: Position; readonly event: WaybillEvent };

/** The event that an entry stands for; none where a later version has written another kind. */
export function readEntry(
  entry: StreamEntry,
  of: EventAccount,
  facts: ReadonlyMap<string, DeliveryFacts>,
): readonly Read[] {
  const event = deliveryEvent(entry, of, facts) ?? accountEvent(entry, of) ?? budgetEvent(entry, of);
  return event === null ? [] : [{ position: entry.position, event }];
}

export function readGap(
  of: EventAccount,
  { after, firstKept }: { readonly after: Position; readonly firstKept: Position },
): GapEvent {
  return { ...headOf(of, firstKept), type: 'gap', data: { ...of, after: eventId(of.from, after) } };
}

/** The provider's id counts from the acceptance on, also where the event of an earlier status is read late. */
const ACCEPTED: readonly string[] = ['accepted', 'sent', 'delivered', 'read', 'failed'];

function deliveryEvent(
  { position, fields }: StreamEntry,
  of: EventAccount,
  facts: ReadonlyMap<string, DeliveryFacts>,
): WaybillEvent | null {
  const [deliveryId, status] = [fields.get('delivery'), fields.get('status')];
  if (deliveryId === undefined || !isStatus(status)) return null;
  const known = facts.get(deliveryId);
  return {
    ...headOf(of, position),
    type: eventTypeOf(status),
    data: {
      ...of,
      deliveryId,
      status,
      reason: fields.get('reason') || null,
      attempt: Number(fields.get('attempt') ?? 0),
      unique: ACCEPTED.includes(status) ? (known?.unique ?? null) : null,
      failureCode: status === 'failed' ? (known?.failureCode ?? null) : null,
      failureReason: status === 'failed' ? (known?.failureReason ?? null) : null,
      metadata: known?.metadata ?? {},
    },
  };
}

function accountEvent({ position, fields }: StreamEntry, of: EventAccount): WaybillEvent | null {
  const change = fields.get('account');
  if (change !== 'paused' && change !== 'resumed') return null;
  const told = (name: string) => fields.get(name) || null;
  const [reason, who, source] = [told('reason'), told('who'), told('source')];
  const data = { ...of, reason, by: fields.get('by') ?? '', who, source };
  return { ...headOf(of, position), type: `account.${change}`, data };
}

function budgetEvent({ position, fields }: StreamEntry, of: EventAccount): WaybillEvent | null {
  const period = fields.get('budget');
  if (period === undefined) return null;
  const [limit, renewsAt] = [Number(fields.get('limit')), isoOf(fields.get('renewsAt') ?? '0')];
  return { ...headOf(of, position), type: 'budget.exhausted', data: { ...of, period, limit, renewsAt } };
}

function headOf({ from }: EventAccount, position: Position) {
  return { id: eventId(from, position), timestamp: isoOf(timeOf(position)) };
}

function isoOf(ms: string): string {
  return new Date(Number(ms)).toISOString();
}
