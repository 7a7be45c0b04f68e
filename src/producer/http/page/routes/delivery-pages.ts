import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Signature } from '../../../../domain/operation.js';
import type { Api } from '../../api.js';
import { callerOf } from '../../guard.js';
import { ProblemError } from '../../problem.js';
import { accountAt, narrowTo } from '../../scope.js';
import { type Action, actionDone, isAction } from '../actions.js';
import { confirm } from '../confirm.js';
import { conversation } from '../conversation.js';
import { delivery } from '../delivery.js';
import { html } from '../html.js';
import { live } from '../layout.js';
import { notice } from '../notice.js';
import { places, withQuery } from '../places.js';
import { writeTime } from '../times.js';
import type { PageOperations } from './operations.js';
import {
  answerPage,
  answerWith,
  FOR_OPERATORS,
  FOR_READERS,
  fieldsOf,
  formOf,
  signedForm,
  visitOf,
} from './visit.js';

const deliveryPath = z.object({ account: z.string(), id: z.string() });
const actionPath = deliveryPath.extend({ action: z.string() });
const conversationPath = z.object({ account: z.string(), to: z.string() });

/** A delivery's page, what can be done from it, and its conversation's. */
export function addDeliveryPages(api: Api, operations: PageOperations): void {
  api.get('/deliveries/:account/:id', {
    ...FOR_READERS,
    handler: async (request, reply) => {
      const { viewer } = await visitOf(request, operations);
      const { account, id } = deliveryPath.parse(request.params);
      const { name, narrow } = await whereIs(account, request, operations);
      const explained = await operations.explainer.delivery(id, narrow, writeTime);
      const { head, body } = delivery(explained, name, viewer);
      const query = fieldsOf(request.query);
      if (query('part') === 'live') return answerWith(reply, body);
      const from = withQuery(places.delivery(name, id), { part: 'live' });
      const told = notice(actionDone(query('done'), explained.view));
      const content = html`${told}${head}${live(from, body)}`;
      return answerPage(reply, { title: `Delivery ${id}`, viewer, at: 'list', content });
    },
  });
  addActs(api, operations);
  addConversation(api, operations);
}

function addActs(api: Api, operations: PageOperations): void {
  api.get('/deliveries/:account/:id/:action', {
    ...FOR_OPERATORS,
    handler: async (request, reply) => {
      const { viewer } = await visitOf(request, operations);
      const { account, id, action } = readAction(request);
      const { name, narrow } = await whereIs(account, request, operations);
      const view = await operations.get(id, narrow);
      return answerPage(reply, {
        title: 'Confirm',
        viewer,
        content: confirm({ view, name, action }, viewer),
      });
    },
  });
  api.post('/deliveries/:account/:id/:action', {
    ...FOR_OPERATORS,
    handler: async (request, reply) => {
      const form = formOf(request);
      const { account, id, action } = readAction(request);
      const { name, narrow } = await whereIs(account, request, operations);
      const said = signedForm(request);
      const leadsTo = await act({ id, action, narrow, said, unique: form('unique') || null }, operations);
      operations.desk.forget();
      return reply.redirect(withQuery(places.delivery(name, leadsTo), { done: action }), 303);
    },
  });
}

type Act = {
  readonly id: string;
  readonly action: Action;
  readonly narrow: ReturnType<typeof narrowTo>;
  readonly said: Signature;
  readonly unique: string | null;
};

/** Does it; answers which delivery to look at then. */
async function act({ id, action, narrow, said, unique }: Act, operations: PageOperations): Promise<string> {
  switch (action) {
    case 'cancel':
      await operations.cancel(id, { ...narrow, ...said });
      return id;
    case 'resend':
      return (await operations.resend(id, {}, { ...narrow, ...said })).id;
    case 'sent':
      await operations.resolve(id, { ...said, resolution: { kind: 'sent', unique } }, narrow);
      return id;
    case 'send-again':
      await operations.resolve(id, { ...said, resolution: { kind: 'resend' } }, narrow);
      return id;
    case 'close':
      await operations.resolve(id, { ...said, resolution: { kind: 'close' } }, narrow);
      return id;
    default:
      return action satisfies never;
  }
}

function addConversation(api: Api, operations: PageOperations): void {
  api.get('/conversations/:account/:to', {
    ...FOR_READERS,
    handler: async (request, reply) => {
      const { viewer } = await visitOf(request, operations);
      const { account, to } = conversationPath.parse(request.params);
      const { from, name } = await accountAt(account, callerOf(request), operations.accounts);
      const [explanation, found] = await Promise.all([
        operations.explainer.conversation(from, to, writeTime),
        operations.list({ from, to, limit: 20 }),
      ]);
      const deliveries = found.deliveries.map((each) => ({ ...each, name }));
      const { head, body } = conversation({ name, to, explanation, deliveries });
      if (fieldsOf(request.query)('part') === 'live') return answerWith(reply, body);
      const source = withQuery(places.conversation(name, to), { part: 'live' });
      const content = html`${head}${live(source, body)}`;
      return answerPage(reply, { title: 'Conversation', viewer, content });
    },
  });
}

function readAction({ params }: FastifyRequest) {
  const { action, ...path } = actionPath.parse(params);
  if (!isAction(action)) throw new ProblemError('route_not_found', 'nothing of the kind can be done');
  return { ...path, action };
}

async function whereIs(account: string, request: FastifyRequest, { accounts }: PageOperations) {
  const caller = callerOf(request);
  const { from, name } = await accountAt(account, caller, accounts);
  return { name, narrow: narrowTo(caller, from) };
}
