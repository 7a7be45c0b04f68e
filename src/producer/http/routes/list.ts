import { z } from 'zod';
import { STATUSES } from '../../../domain/status.js';
import type { ValidationFault } from '../../../errors.js';
import { instantInQuery, oneOf, query, text, wholeInQuery } from '../../../queue/request-fields.js';
import type { DeliveryRow } from '../../../redis/lists.js';
import { CURSOR_FORM, isCursor } from '../../cursor.js';
import { listed } from '../../delivery-schema.js';
import { faultOfRecipient, type ListFilter, type Page } from '../../list.js';
import type { Api } from '../api.js';
import { callerOf } from '../guard.js';
import { inWords, ProblemError } from '../problem.js';
import { answers, json } from '../schemas/problem.js';
import { recipientPart } from '../schemas/requests.js';
import { type Accounts, mayUse, type NamedAccount, UNKNOWN_ACCOUNT } from '../scope.js';
import { faultsIn } from '../validate.js';

export type ListRoutes = {
  readonly accounts: Accounts;
  readonly list: (filter: ListFilter) => Promise<Page<DeliveryRow>>;
};

const filters = query({
  from: text(1, 64).optional().describe('Account number or name; default: all of the key’s'),
  to: recipientPart.optional(),
  status: oneOf(STATUSES).optional().describe('The status they have'),
  reason: text(1, 100).optional().describe('Why it waits, is held, or ended'),
  since: instantInQuery
    .optional()
    .describe('Created then or later: ISO 8601 with zone, or epoch milliseconds'),
  until: instantInQuery.optional().describe('Created then or before'),
  cursor: z
    .string({ error: CURSOR_FORM })
    .refine(isCursor, { error: CURSOR_FORM })
    .optional()
    .describe('Where the page before ended'),
  limit: wholeInQuery(1, 500).optional().describe('1 to 500, default 50'),
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
    config: { roles: ['read'], asksMuch: true, tellsFaults: true },
    schema: {
      operationId: 'listDeliveries',
      summary: 'List deliveries by account, recipient, status and time',
      tags: ['deliveries'],
      querystring: filters,
      response: answers({ 200: json('One page', page) }, ['unknown_account']),
    },
    handler: async (request) => {
      const seen = (await accounts.all()).filter((account) => mayUse(callerOf(request), account));
      refuseQuery(faultsIn(request), request.query, seen);
      return list({ ...request.query, visible: seen.map(({ from }) => from) });
    },
  });
}

type Given = { readonly from?: string | undefined; readonly to?: string | undefined };

/** All that is wrong with a query; an account that is none is told by its own code where nothing else is wrong. */
function refuseQuery(
  faults: readonly ValidationFault[],
  { from, to }: Given,
  seen: readonly NamedAccount[],
): void {
  const isFree = (name: string) => faults.every(({ pointer }) => pointer !== `/query/${name}`);
  const [account] = seen.filter((each) => each.from === from || each.name === from);
  const isUnknown = from !== undefined && isFree('from') && account === undefined;
  const unknown = isUnknown ? [{ pointer: '/query/from', detail: UNKNOWN_ACCOUNT }] : [];
  const asked = account === undefined ? seen : [account];
  const recipient = to === undefined || !isFree('to') ? null : faultOfRecipient(asked, to);
  const others = [...faults, ...(recipient === null ? [] : [{ pointer: '/query/to', detail: recipient }])];
  const errors = [...others, ...unknown];
  if (errors.length === 0) return;
  throw new ProblemError(others.length === 0 ? 'unknown_account' : 'validation', inWords(errors), { errors });
}
