import type { FastifyRequest } from 'fastify';
import type { AccountDuty } from '../../../duty.js';
import type { Api } from '../../api.js';
import { html } from '../html.js';
import { live } from '../layout.js';
import { type Overview, overviewParts } from '../overview.js';
import { places, withQuery } from '../places.js';
import { UNKNOWNS_SHOWN } from '../unknowns.js';
import type { PageOperations } from './operations.js';
import { answerPage, answerWith, FOR_READERS, fieldsOf, type Visit, visitOf } from './visit.js';

/** In so many accounts unknown outcomes are looked for; the list has all. */
const MOST_ASKED = 20;

/** `/`: what the people on duty look at first. */
export function addOverviewPage(api: Api, operations: PageOperations): void {
  api.get('/', {
    ...FOR_READERS,
    handler: async (request, reply) => {
      const visit = await visitOf(request, operations);
      const parts = overviewParts(await overviewOf(request, visit, operations), visit.viewer);
      const query = fieldsOf(request.query);
      if (query('part') === 'live') return answerWith(reply, parts);
      const { viewer } = visit;
      const from = withQuery(places.home, { filter: query('filter'), page: query('page'), part: 'live' });
      const content = html`<h1 class="unseen">On duty</h1>${live(from, parts)}`;
      return answerPage(reply, { title: 'On duty', viewer, at: 'home', content });
    },
  });
}

async function overviewOf(request: FastifyRequest, visit: Visit, operations: PageOperations) {
  const { desk } = operations;
  const mine = new Set(visit.visible.map(({ from }) => from));
  const [everyAccount, everyHour] = await Promise.all([desk.accounts(), desk.hours()]);
  const accounts = everyAccount.filter(({ from }) => mine.has(from));
  const query = fieldsOf(request.query);
  const page = /^[1-9]\d{0,3}$/.test(query('page')) ? Number(query('page')) : 1;
  return {
    accounts,
    hours: everyHour.filter(({ from }) => mine.has(from)),
    unknown: await unknownsOf(accounts, operations),
    table: { filter: query('filter').slice(0, 64), page },
  } satisfies Overview;
}

async function unknownsOf(accounts: readonly AccountDuty[], { list, desk }: PageOperations) {
  const having = accounts.filter(({ counts }) => counts.unknown > 0);
  const count = having.reduce((sum, { counts }) => sum + counts.unknown, 0);
  const now = accounts[0]?.now ?? desk.now();
  if (count === 0) return { deliveries: [], count, now };
  const names = new Map(having.map(({ from, name }) => [from, name]));
  const visible = having.slice(0, MOST_ASKED).map(({ from }) => from);
  const found = await list({ visible, status: 'unknown', limit: UNKNOWNS_SHOWN });
  const deliveries = found.deliveries.map((each) => ({ ...each, name: names.get(each.from) ?? each.from }));
  return { deliveries, count, now };
}
