import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from '../../api.js';
import { callerOf } from '../../guard.js';
import { ProblemError } from '../../problem.js';
import { accountAt } from '../../scope.js';
import { account, gateForms } from '../account.js';
import { gateDone } from '../actions.js';
import { html } from '../html.js';
import { live } from '../layout.js';
import { notice } from '../notice.js';
import { places, withQuery } from '../places.js';
import type { PageOperations } from './operations.js';
import {
  answerPage,
  answerWith,
  FOR_OPERATORS,
  FOR_READERS,
  fieldsOf,
  signedForm,
  visitOf,
} from './visit.js';

const accountPath = z.object({ account: z.string() });

/** An account's page, and its gate. */
export function addAccountPages(api: Api, operations: PageOperations): void {
  api.get('/accounts/:account', {
    ...FOR_READERS,
    handler: async (request, reply) => {
      const { viewer } = await visitOf(request, operations);
      const { from, name } = await named(request, operations);
      const duty = await operations.desk.account(from);
      if (duty === undefined) throw new ProblemError('account_not_found', 'it is not there any more');
      const { head, body } = account(duty);
      const query = fieldsOf(request.query);
      if (query('part') === 'live') return answerWith(reply, body);
      const source = withQuery(places.account(name), { part: 'live' });
      const told = notice(gateDone(query('done'), duty));
      const content = html`${told}${head}${live(source, body)}${gateForms(duty, viewer)}`;
      return answerPage(reply, { title: name, viewer, at: 'home', content });
    },
  });
  addGate(api, operations);
}

function addGate(api: Api, operations: PageOperations): void {
  api.post('/accounts/:account/pause', {
    ...FOR_OPERATORS,
    handler: async (request, reply) => {
      const said = signedForm(request);
      const { from, name } = await named(request, operations);
      await operations.pause(from, said);
      operations.desk.forget();
      return reply.redirect(withQuery(places.account(name), { done: 'paused' }), 303);
    },
  });
  api.post('/accounts/:account/resume', {
    ...FOR_OPERATORS,
    handler: async (request, reply) => {
      const said = signedForm(request);
      const { from, name } = await named(request, operations);
      await operations.resume(from, said);
      operations.desk.forget();
      return reply.redirect(withQuery(places.account(name), { done: 'resumed' }), 303);
    },
  });
}

function named(request: FastifyRequest, { accounts }: PageOperations) {
  return accountAt(accountPath.parse(request.params).account, callerOf(request), accounts);
}
