import type { Explanation } from '../../../domain/explain/explain.js';
import { findRecipient } from '../../../domain/recipient.js';
import { orThrow } from '../../list.js';
import type { Api } from '../api.js';
import { callerOf } from '../guard.js';
import { conversation } from '../schemas/conversation.js';
import { answers, json } from '../schemas/problem.js';
import { accountPath, recipientPart } from '../schemas/requests.js';
import { type Accounts, accountAt } from '../scope.js';

export type ConversationRoutes = {
  readonly accounts: Accounts;
  readonly explainConversation: (from: string, to: string) => Promise<Explanation>;
};

const path = accountPath.extend({ to: recipientPart });

/** `GET /v1/conversations/{from}/{to}`: may a file go, and what would it cost? */
export function addConversations(api: Api, { accounts, explainConversation }: ConversationRoutes): void {
  api.get('/v1/conversations/:from/:to', {
    config: { roles: ['read'] },
    schema: {
      operationId: 'explainConversation',
      summary: 'Tell whether a file may go to a recipient now, what it would cost, and who is ahead',
      tags: ['conversations'],
      params: path,
      response: answers({ 200: json('As it is now', conversation) }, ['account_not_found']),
    },
    handler: async (request) => {
      const { from, to: written } = request.params;
      const account = await accountAt(from, callerOf(request), accounts);
      const to = orThrow(findRecipient(written, account.country), '/path/to');
      const { delivery: _none, ...explanation } = await explainConversation(account.from, to);
      return { from: account.from, to, ...explanation };
    },
  });
}
