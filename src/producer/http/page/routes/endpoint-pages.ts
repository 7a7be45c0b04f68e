import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from '../../api.js';
import { callerOf } from '../../guard.js';
import { endpointsOf, type Tested, tryEndpoint } from '../../routes/endpoints.js';
import { endpointList } from '../endpoints.js';
import { places } from '../places.js';
import type { PageOperations } from './operations.js';
import { answerPage, FOR_OPERATORS, FOR_READERS, signedForm, visitOf } from './visit.js';

const path = z.object({ name: z.string() });

/** `/endpoints`: where events are posted to, and a button that tries one. */
export function addEndpointPages(api: Api, operations: PageOperations): void {
  async function show(request: FastifyRequest, reply: FastifyReply, tested: Tested | null) {
    const { viewer } = await visitOf(request, operations);
    const endpoints = await endpointsOf(callerOf(request), operations);
    const content = endpointList(endpoints, tested, viewer);
    return answerPage(reply, { title: 'Event endpoints', viewer, at: 'endpoints', content });
  }

  api.get(places.endpoints, { ...FOR_READERS, handler: (request, reply) => show(request, reply, null) });
  // The answer is the page itself: an address could claim any result.
  api.post('/endpoints/:name/test', {
    ...FOR_OPERATORS,
    handler: async (request, reply) => {
      const said = signedForm(request);
      const { name } = path.parse(request.params);
      return show(request, reply, await tryEndpoint({ name, scope: callerOf(request), said }, operations));
    },
  });
}
