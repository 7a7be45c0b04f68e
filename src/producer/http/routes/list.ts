import { z } from 'zod';
import { STATUSES } from '../../../domain/status.js';
import { instant, oneOf, text, whole } from '../../../queue/request-fields.js';
import type { ListFilter, Page } from '../../list.js';
import type { Api } from '../api.js';
import { callerOf } from '../guard.js';
import { listed } from '../schemas/delivery.js';
import { answers, json } from '../schemas/problem.js';
import { type Accounts, mayUse } from '../scope.js';

export type ListRoutes = {
  readonly accounts: Accounts;
  readonly list: (filter: ListFilter) => Promise<Page>;
};

/** As a query has it: epoch milliseconds are digits there. */
const moment = z
  .string()
  .transform((written) => (/^\d+$/.test(written) ? Number(written) : written))
  .pipe(instant);

const query = z.strictObject({
  from: text(1, 64).optional().describe('Account number or name; default: all of the key’s'),
  to: text(1, 150).optional().describe('Number or from_id'),
  status: oneOf(STATUSES).optional(),
  reason: text(1, 100).optional().describe('Why it waits, is held, or ended'),
  since: moment.optional().describe('Created then or later: ISO 8601 with zone, or epoch milliseconds'),
  until: moment.optional().describe('Created then or before'),
  cursor: text(1, 1000).optional().describe('Where the page before ended'),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: 'must be a whole number from 1 to 500' })
    .transform(Number)
    .pipe(whole(1, 500))
    .optional()
    .describe('1 to 500, default 50'),
});

const page = z
  .object({
    deliveries: z.array(listed).readonly().describe('Newest first'),
    cursor: z.string().nullable().describe('For the next page; null when nothing follows'),
  })
  .meta({ id: 'DeliveryPage', description: 'May be short, even empty, though more follows' });

/** `GET /v1/deliveries`: those that meet everything that is asked, page by page. */
export function addList(api: Api, { accounts, list }: ListRoutes): void {
  api.get('/v1/deliveries', {
    config: { roles: ['read'], asksMuch: true },
    schema: {
      operationId: 'listDeliveries',
      summary: 'List deliveries by account, recipient, status and time',
      tags: ['deliveries'],
      querystring: query,
      response: answers({ 200: json('One page', page) }, ['unknown_account']),
    },
    handler: async (request) => {
      const seen = (await accounts.all()).filter((account) => mayUse(callerOf(request), account));
      return list({ ...request.query, visible: seen.map(({ from }) => from) });
    },
  });
}
