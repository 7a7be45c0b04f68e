import { z } from 'zod';
import { LONGEST } from '../../../domain/operation.js';
import { DELIVERY_ID, requestSchema } from '../../../queue/request.js';
import { object, orEmptyArray, query, text } from '../../../queue/request-fields.js';
import { accountNumber, deliveryId, status, warnings } from '../../delivery-schema.js';

/** The same as the library takes, but that `from` may be left out by a key for one account. */
export const deliveryRequest = requestSchema.meta({ id: 'DeliveryRequest' });

export const idPath = z.object({ id: z.string().describe('The delivery’s id') });

/** Narrows a call by id to one account. */
export const narrowing = {
  from: text(1, 64).optional().describe('Account number or name, where several have a delivery with this id'),
};
export const fromQuery = query(narrowing);

/** Why something is done by hand. */
export const reasonField = {
  reason: text(1, LONGEST.reason)
    .nullish()
    .describe('Why it is done: the timeline, the log and the account say so'),
};

/** Of calls that need none. */
export const reasonBody = orEmptyArray(object(reasonField)).default({});

export const accountPath = z.object({ from: z.string().describe('Account number or name') });

/** A recipient as people write it, in a path. */
export const recipientPart = z
  .string({ error: 'must be given once' })
  .describe('Number with its country code, or from_id');

const ID_FORM = { error: 'must be 1 to 128 characters out of A-Z a-z 0-9 . _ ~ -, and not begin with j~' };

export const newId = z.string(ID_FORM).regex(DELIVERY_ID, ID_FORM);

export const keyHeader = z.looseObject({
  'idempotency-key': z
    .string(ID_FORM)
    .transform((key) => key.replace(/^"(.*)"$/, '$1'))
    .pipe(newId)
    .optional()
    .describe('The delivery’s id, when the body has none'),
});

export const enqueued = z
  .object({
    id: deliveryId,
    from: accountNumber,
    status,
    duplicate: z.boolean().describe('The same request was here before: nothing was added'),
    warnings,
  })
  .meta({ id: 'Enqueued' });
