import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ReplayedCallback, ShownCallback } from '../../../../domain/quarantine.js';
import type { Api } from '../../api.js';
import { callerOf } from '../../guard.js';
import { type NamedAccount, seenBy } from '../../scope.js';
import { callback, callbackList, confirmReplay, type NamedCallback } from '../callbacks.js';
import { html } from '../html.js';
import { notice } from '../notice.js';
import { places, withQuery } from '../places.js';
import type { PageOperations } from './operations.js';
import { answerPage, FOR_OPERATORS, FOR_READERS, fieldsOf, signedForm, visitOf } from './visit.js';

const ROWS = 50;
const path = z.object({ id: z.string() });

/** `/callbacks`: what the provider sent and could not be applied. */
export function addCallbackPages(api: Api, operations: PageOperations): void {
  api.get(places.callbacks, {
    ...FOR_READERS,
    handler: async (request, reply) => {
      const { viewer, visible } = await visitOf(request, operations);
      const query = fieldsOf(request.query);
      const cursor = query('cursor') || undefined;
      const seeing = await seeingOf(request, operations);
      const page = await operations.quarantine.list({ ...seeing, cursor, limit: ROWS });
      const callbacks = page.callbacks.map((each) => named(each, visible));
      const { now } = operations.desk;
      const list = { callbacks, cursor: page.cursor, isFirst: cursor === undefined, now: now() };
      const done = notice(doneInWords(query('applied'), query('kept')));
      const content = html`${done}${callbackList(list, viewer)}`;
      return answerPage(reply, { title: 'Callbacks', viewer, at: 'callbacks', content });
    },
  });
  api.get('/callbacks/:id', {
    ...FOR_READERS,
    handler: async (request, reply) => {
      const { viewer, visible } = await visitOf(request, operations);
      const { id } = path.parse(request.params);
      const shown = await operations.quarantine.show(id, await seeingOf(request, operations));
      const content = callback(named(shown, visible), operations.desk.now(), viewer);
      return answerPage(reply, { title: `Callback ${id}`, viewer, at: 'callbacks', content });
    },
  });
  addReplays(api, operations);
}

function addReplays(api: Api, operations: PageOperations): void {
  const { quarantine, replayed } = operations;
  api.get('/callbacks/replay', {
    ...FOR_OPERATORS,
    handler: async (request, reply) => {
      const { viewer } = await visitOf(request, operations);
      const count = await quarantine.count(await seeingOf(request, operations));
      const content = confirmReplay(count, viewer);
      return answerPage(reply, { title: 'Confirm', viewer, at: 'callbacks', content });
    },
  });
  api.post('/callbacks/replay', {
    ...FOR_OPERATORS,
    handler: async (request, reply) => {
      const said = signedForm(request);
      const done = await quarantine.replayAll(await seeingOf(request, operations));
      replayed(said, done);
      return reply.redirect(leadsTo(done), 303);
    },
  });
  api.post('/callbacks/:id/replay', {
    ...FOR_OPERATORS,
    handler: async (request, reply) => {
      const said = signedForm(request);
      const { id } = path.parse(request.params);
      const done = await quarantine.replay(id, await seeingOf(request, operations));
      replayed(said, [done]);
      return reply.redirect(leadsTo([done]), 303);
    },
  });
}

function seeingOf(request: FastifyRequest, { accounts }: PageOperations) {
  return seenBy(callerOf(request), accounts);
}

function named(shown: ShownCallback, visible: readonly NamedAccount[]): NamedCallback {
  const account = visible.find(({ from }) => from === shown.account);
  return { ...shown, name: account?.name ?? null };
}

function leadsTo(done: readonly ReplayedCallback[]): string {
  const kept = done.filter(({ result }) => result === 'kept').length;
  return withQuery(places.callbacks, { applied: done.length - kept, kept });
}

/** Numbers alone are taken from the address. */
function doneInWords(applied: string, kept: string): string | null {
  if (!/^\d{1,4}$/.test(applied) || !/^\d{1,4}$/.test(kept)) return null;
  return `Replayed: ${applied} applied, ${kept} still not understood.`;
}
