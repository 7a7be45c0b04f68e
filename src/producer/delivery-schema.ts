import { z } from 'zod';
import { RECEIPTS } from '../domain/callback.js';
import { VERBS } from '../domain/operation.js';
import { OUTCOMES } from '../domain/outcome.js';
import { isFields } from '../domain/seal.js';
import { STATUSES } from '../domain/status.js';
import { instant } from '../queue/request-fields.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import type { DeliveryRow } from '../redis/lists.js';
import type { Delivery, ListedDelivery } from './told.js';
import { textOrNull, time, timeOrNull } from './wire.js';

export const status = z.enum(STATUSES).meta({ title: 'Status', description: 'Where the delivery is' });
export const deliveryId = z.string().describe('The delivery’s id, unique in its account');
export const accountNumber = z.string().describe('The account’s number');
export const accountName = z.string().describe('The account’s name; it stands for the number in calls');
export const recipient = z.string().describe('The recipient: digits, or a from_id');
export const reason = textOrNull.describe('Why it waits, is held, or ended; null: there is nothing to say');

const faults = z
  .array(
    z
      .object({
        pointer: z.string().describe('JSON pointer into the request'),
        detail: z.string().describe('What it is about that field, for people'),
      })
      .meta({ title: 'ValidationFault' }),
  )
  .readonly();
export const warnings = faults.describe('What may surprise you; the file is sent all the same');

const entry = z
  .object({ at: time.describe('When it came to this status'), status, reason })
  .meta({ title: 'TimelineEntry', description: 'A status that a delivery came to.' });

const attempt = z
  .object({
    number: z.int().describe('Counted from 1'),
    at: time.describe('When its outcome became known; it began when the status became sending'),
    send: z.string().describe('file or template'),
    outcome: z
      .enum(OUTCOMES)
      .meta({ title: 'OutcomeKind' })
      .nullable()
      .describe('What it came to; null: a word of a later version'),
    reason: textOrNull.describe('The provider’s reason, or Waybill’s'),
    detail: textOrNull.describe('The reason in words'),
  })
  .meta({ title: 'Attempt', description: 'An attempt to send a delivery.' });

const asked = z
  .object({
    at: time.describe('When the history was read'),
    found: z.string().describe('What was found'),
  })
  .meta({
    title: 'HistoryReading',
    description: 'A reading of the provider’s history that did not settle an unknown outcome.',
  });

const preflight = z
  .object({
    at: time.describe('When the link was looked at'),
    found: z.string().describe('What was found'),
    detail: textOrNull.describe('The same with figures'),
  })
  .meta({ title: 'LinkCheck', description: 'A look at the file’s link before it was sent.' });

const operation = z
  .object({
    at: time.describe('When it was done'),
    verb: z.enum(VERBS).meta({ title: 'Verb' }).describe('What was done'),
    who: textOrNull.describe('A person’s, an API key’s or an app’s name'),
    source: textOrNull.describe('From where: page, API, or the command line or library with its host'),
    reason: textOrNull.describe('Why, where somebody said so'),
  })
  .meta({ title: 'Operation', description: 'What somebody did to a delivery by hand.' });

const receipts = z
  .object(
    Object.fromEntries(
      RECEIPTS.map((receipt) => [receipt, time.describe('When it was reported').optional()]),
    ),
  )
  .meta({ title: 'Receipts', description: 'When each was first reported' });

export const delivery = z
  .object({
    id: deliveryId,
    from: accountNumber,
    to: recipient,
    status,
    reason,
    statusAt: time.describe('Since when'),
    hold: z
      .object({
        reason: z.string().describe('window, budget or account'),
        since: time.describe('Since when'),
      })
      .meta({ title: 'Hold', description: 'Why a delivery is held.' })
      .nullable()
      .describe('Set while its status is held'),
    createdAt: time.describe('When it was enqueued'),
    sendAt: time.describe('Not sent before'),
    expiresAt: time.describe('Not sent after'),
    timeline: z.array(entry).readonly().describe('The statuses it came to, oldest first'),
    attempts: z
      .array(attempt)
      .readonly()
      .describe('The attempts to send it that have come to something, oldest first'),
    asked: z
      .array(asked)
      .readonly()
      .describe('Readings of the history that did not settle an unknown outcome'),
    preflights: z.array(preflight).readonly().describe('Looks at the file’s link before it was sent'),
    operations: z.array(operation).readonly().describe('What people and apps did to it by hand'),
    receipts,
    receiptsConflict: z.boolean().describe('Reported both failed and delivered'),
    failureCode: textOrNull.describe('Of a failure that was reported after acceptance: the provider’s code'),
    failureReason: textOrNull.describe('The same in the provider’s words, numbers masked'),
    unique: textOrNull.describe('The provider’s id of the message'),
    acceptedAt: timeOrNull.describe(
      'The provider’s timestamp; by an operator’s word, when the attempt began',
    ),
    acceptedBy: z
      .enum(['provider', 'history', 'operator'])
      .nullable()
      .describe('By whose word: the provider’s answer, its history, or an operator’s'),
    templateTimeLeftMs: z
      .number()
      .nullable()
      .describe('The provider’s templateTimeLeft when it was accepted, in milliseconds'),
    window: z
      .object({ closesAt: timeOrNull.describe('When it closes; null: unknown') })
      .meta({ title: 'CustomerWindow', description: 'The recipient’s customer window' }),
    session: z
      .object({ openedAt: timeOrNull.describe('When it was opened; null: there is none') })
      .meta({ title: 'PaidSession', description: 'The paid session of the conversation' }),
    ahead: z.int().nullable().describe('Deliveries of its conversation that go before it'),
    notBefore: timeOrNull.describe('The next time at which it may be sent, where it has to wait for one'),
    horizonAt: timeOrNull.describe('Of an unknown outcome: when no sender can still be sending it'),
    nextReadAt: timeOrNull.describe('Of an unknown outcome: when the history is asked next'),
    resendOf: textOrNull.describe('The id of the delivery that this one repeats'),
    resentAs: textOrNull.describe('The id of the delivery that repeats this one'),
    originalRequest: textOrNull.describe(
      'The provider’s account of the request, where showRequest asked for it',
    ),
    errors: faults.describe('Why a job of another BullMQ client was refused'),
    locked: textOrNull.describe(
      'Why request, metadata and originalRequest cannot be read: their key is not here',
    ),
    metadata: z.record(z.string(), z.string()).describe('The request’s metadata'),
    request: z
      .unknown()
      .describe(
        'The request, null once it is not kept any more; HTTP and the command line leave out its link’s query',
      ),
  })
  .meta({
    id: 'Delivery',
    description: 'All that is known of a delivery. Times are ISO 8601; null: not known, or not yet.',
  });

/** A view as the schema takes it: with why and since when it is held, and ISO times in its request. */
export function asTold(view: DeliveryView): z.output<typeof delivery> {
  const hold = view.status === 'held' ? { reason: view.reason, since: view.statusAt } : null;
  return { ...view, hold, request: withIsoTimes(view.request) };
}

/** As it stands in the queue, where another client may have put anything. */
function withIsoTimes(request: unknown): unknown {
  if (!isFields(request)) return request;
  const told = (name: string, value: unknown) =>
    ['sendAt', 'expiresAt'].includes(name) && instant.safeParse(value).success
      ? new Date(instant.parse(value)).toISOString()
      : value;
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [name, told(name, value)]));
}

/** A delivery as the library tells it to the app that sent it: its link is whole. */
export function toldDelivery(view: DeliveryView): Delivery {
  return z.encode(delivery, asTold(view));
}

export const listed = delivery
  .pick({
    id: true,
    from: true,
    to: true,
    status: true,
    reason: true,
    createdAt: true,
    sendAt: true,
    expiresAt: true,
    unique: true,
    failureCode: true,
    failureReason: true,
    horizonAt: true,
  })
  .meta({
    id: 'ListedDelivery',
    description: 'A delivery as lists show it. Times are ISO 8601; null: not known, or not yet.',
  });

/** The same of a list's. */
export function toldRow(row: DeliveryRow): ListedDelivery {
  return z.encode(listed, row);
}
