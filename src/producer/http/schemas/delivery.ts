import { z } from 'zod';
import { RECEIPTS } from '../../../domain/callback.js';
import { VERBS } from '../../../domain/operation.js';
import { OUTCOMES } from '../../../domain/outcome.js';
import { STATUSES } from '../../../domain/status.js';

/** A point in time. */
export const time = z.number().describe('Epoch milliseconds');
const timeOrNull = time.nullable();
const textOrNull = z.string().nullable();

export const status = z.enum(STATUSES);

export const faults = z.array(z.object({ pointer: z.string(), detail: z.string() })).readonly();

const entry = z.object({ at: time, status, reason: z.string() });

const attempt = z.object({
  number: z.int(),
  at: time,
  send: z.string().describe('file or template'),
  outcome: z.enum(OUTCOMES).nullable(),
  reason: z.string(),
  detail: z.string(),
});

const operation = z.object({
  at: time,
  verb: z.enum(VERBS),
  who: textOrNull.describe('A person’s, an API key’s or an app’s name'),
  source: textOrNull.describe('From where: page, API, or the command line or library with its host'),
  reason: textOrNull.describe('Why, where somebody said so'),
});

const receipts = z
  .object(Object.fromEntries(RECEIPTS.map((receipt) => [receipt, time.optional()])))
  .describe('When each was first reported');

/** A delivery as it is told. */
export const delivery = z
  .object({
    id: z.string(),
    from: z.string().describe('The account’s number'),
    to: z.string(),
    status,
    reason: z.string().describe('Why it waits, is held, or ended'),
    hold: z.object({ reason: z.string(), since: time }).nullable().describe('Set while its status is held'),
    createdAt: time,
    sendAt: time,
    expiresAt: time,
    timeline: z.array(entry).readonly(),
    attempts: z.array(attempt).readonly(),
    asked: z
      .array(z.object({ at: time, found: z.string() }))
      .readonly()
      .describe('Readings of the history that did not settle an unknown outcome'),
    preflights: z
      .array(z.object({ at: time, found: z.string(), detail: z.string() }))
      .readonly()
      .describe('Looks at the file’s link before it was sent'),
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
    templateTimeLeft: z.number().nullable().describe('Milliseconds, as told when it was accepted'),
    window: z.object({ closesAt: timeOrNull }),
    session: z.object({ openedAt: timeOrNull }),
    ahead: z.int().nullable().describe('Deliveries of its conversation that go before it'),
    notBefore: timeOrNull,
    horizonAt: timeOrNull.describe('Of an unknown outcome: when no sender can still be sending it'),
    nextReadAt: timeOrNull.describe('Of an unknown outcome: when the history is asked next'),
    resendOf: textOrNull,
    resentAs: textOrNull,
    originalRequest: textOrNull,
    errors: faults.describe('Why a job of another BullMQ client was refused'),
    locked: textOrNull.describe(
      'Why request, metadata and originalRequest cannot be read: their key is not here',
    ),
    request: z.unknown().describe('The request without its link’s query; null once it is not kept any more'),
  })
  .meta({ id: 'Delivery' });

/** A delivery as lists show it. */
export const listed = z
  .object({
    id: z.string(),
    from: z.string(),
    to: z.string(),
    status,
    reason: z.string(),
    createdAt: time,
    sendAt: time,
    expiresAt: time,
    unique: textOrNull,
    failureCode: textOrNull,
    failureReason: textOrNull,
    horizonAt: timeOrNull,
  })
  .meta({ id: 'ListedDelivery' });
