import { z } from 'zod';
import type { Signature } from '../../../domain/operation.js';
import { query } from '../../../queue/request-fields.js';
import { readRecipient } from '../../list.js';
import type { Api } from '../api.js';
import { callerOf, signatureOf } from '../guard.js';
import { answers, json } from '../schemas/problem.js';
import { accountPath, reasonField, recipientPart } from '../schemas/requests.js';
import { type Accounts, accountAt } from '../scope.js';

export type RecipientRoutes = {
  readonly accounts: Accounts;
  readonly erase: (from: string, to: string, said: Signature) => Promise<Erased>;
};

const erased = z
  .object({
    deliveries: z.int().describe('Records of deliveries'),
    jobs: z.int().describe('Of the queue, where the requests are'),
    deadEvents: z.int().describe('Events that an endpoint did not take'),
    aliases: z.int().describe('Other names of the recipient'),
    sessions: z.int().describe('Sessions that the ledger goes on to count, without a name'),
    messages: z.int().describe('Messages that are no delivery’s'),
    callbacks: z.int().describe('Callbacks that were not understood'),
  })
  .meta({ id: 'Erased' });
type Erased = z.output<typeof erased>;

const path = accountPath.extend({ to: recipientPart });

/** `DELETE /v1/recipients/{from}/{to}`: nothing is kept but what the bill needs, without a name. */
export function addRecipients(api: Api, { accounts, erase }: RecipientRoutes): void {
  api.delete('/v1/recipients/:from/:to', {
    config: { roles: ['operate'], asksMuch: true },
    schema: {
      operationId: 'eraseRecipient',
      summary: 'Erase what an account keeps of a recipient; refused while something may be on its way',
      tags: ['conversations'],
      params: path,
      querystring: query({
        reason: reasonField.reason.unwrap().optional().describe('Why it is done: the log says so'),
      }),
      response: answers({ 200: json('What was taken away, by kind', erased) }, [
        'account_not_found',
        'illegal_state',
      ]),
    },
    handler: async (request) => {
      const { from, to } = request.params;
      const account = await accountAt(from, callerOf(request), accounts);
      readRecipient(to, account.country, '/path/to');
      return erase(account.from, to, signatureOf(request, request.query));
    },
  });
}
