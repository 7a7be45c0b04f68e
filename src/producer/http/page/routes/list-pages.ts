import type { FastifyReply, FastifyRequest } from 'fastify';
import { findRecipient } from '../../../../domain/recipient.js';
import { isStatus, STATUSES, type Status } from '../../../../domain/status.js';
import { NotFoundError, ValidationError, WaybillError } from '../../../../errors.js';
import type { Api } from '../../api.js';
import { callerOf } from '../../guard.js';
import { narrowTo } from '../../scope.js';
import { html } from '../html.js';
import { live } from '../layout.js';
import { deliveryList, listHead } from '../list.js';
import { places, withQuery } from '../places.js';
import type { PageOperations } from './operations.js';
import { answerPage, answerWith, FOR_READERS, fieldsOf, visitOf } from './visit.js';

/** So many names are worth a choice in a form. */
const MOST_NAMES = 200;
const ROWS = 50;

/** `/deliveries` and `/search`: deliveries that are looked for. */
export function addListPages(api: Api, operations: PageOperations): void {
  api.get(places.list, {
    ...FOR_READERS,
    handler: async (request, reply) => showList(request, reply, operations),
  });
  api.get(places.search, {
    ...FOR_READERS,
    handler: async (request, reply) => search(request, reply, operations),
  });
}

async function showList(
  request: FastifyRequest,
  reply: FastifyReply,
  operations: PageOperations,
): Promise<FastifyReply> {
  const { viewer, visible, nameOf } = await visitOf(request, operations);
  const given = fieldsOf(request.query);
  const asked = (name: string) => given(name) || undefined;
  const query = { from: asked('from'), to: asked('to'), reason: asked('reason'), cursor: asked('cursor') };
  const status = statusOf(asked('status'));
  const found = await operations.list({
    ...query,
    status,
    visible: visible.map(({ from }) => from),
    limit: ROWS,
  });
  const shown = { ...query, status };
  const body = deliveryList({
    query: shown,
    deliveries: found.deliveries.map((each) => ({ ...each, name: nameOf(each.from) })),
    cursor: found.cursor,
    now: operations.desk.now(),
  });
  if (given('part') === 'live') return answerWith(reply, body);
  const names = visible.slice(0, MOST_NAMES).map(({ name }) => name);
  const source = withQuery(places.list, { ...shown, part: 'live' });
  const content = html`${listHead(shown, names)}${live(source, body)}`;
  return answerPage(reply, { title: 'Deliveries', viewer, at: 'list', content });
}

/** @throws ValidationError for a word that is no status: a list of everything would look like its answer */
function statusOf(text: string | undefined): Status | undefined {
  if (text === undefined || isStatus(text)) return text;
  const detail = `must be one of ${STATUSES.join(', ')}`;
  throw new ValidationError([{ pointer: '/status', detail }]);
}

/** An id leads to its delivery, a recipient to the list of theirs. */
async function search(
  request: FastifyRequest,
  reply: FastifyReply,
  operations: PageOperations,
): Promise<FastifyReply> {
  const wanted = fieldsOf(request.query)('q');
  if (wanted === '') return reply.redirect(places.list, 303);
  const { viewer, visible, nameOf } = await visitOf(request, operations);
  try {
    const { from, id } = await operations.get(wanted, narrowTo(callerOf(request), undefined));
    return reply.redirect(places.delivery(nameOf(from), id), 303);
  } catch (error) {
    if (error instanceof WaybillError && error.code === 'AMBIGUOUS_ID') {
      return answerPage(reply, { title: 'Found twice', viewer, query: wanted, content: several() });
    }
    if (!(error instanceof NotFoundError)) throw error;
  }
  if (visible.some(({ country }) => findRecipient(wanted, country).ok)) {
    const parsed = findRecipient(wanted);
    return reply.redirect(withQuery(places.list, { to: parsed.ok ? parsed.recipient : wanted }), 303);
  }
  return answerPage(reply.code(404), { title: 'Not found', viewer, query: wanted, content: nothing() });
}

function several() {
  return html`<h1>Several accounts have a delivery with this id</h1><p>List the <a href="${places.list}">deliveries</a> of one account, and choose it there.</p>`;
}

function nothing() {
  return html`<h1>Nothing found</h1><p>No delivery of your accounts has this id, and it is no recipient’s number: that has 8 to 15 digits with the country code.</p>`;
}
