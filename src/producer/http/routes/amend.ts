import { z } from 'zod';
import { type Amended, type Changes, changesSchema } from '../../amend.js';
import type { Narrow } from '../../producer.js';
import type { Api } from '../api.js';
import { callerOf } from '../guard.js';
import { faults, status } from '../schemas/delivery.js';
import { answers, json } from '../schemas/problem.js';
import { fromQuery, idPath } from '../schemas/requests.js';
import { narrowTo } from '../scope.js';

export type AmendRoutes = {
  readonly amend: (id: string, changes: Changes, narrow: Narrow) => Promise<Amended>;
};

const changes = changesSchema.meta({ id: 'DeliveryChanges' });

const amended = z
  .object({ id: z.string(), from: z.string(), status, warnings: faults })
  .meta({ id: 'Amended' });

/** `PATCH /v1/deliveries/{id}` */
export function addAmend(api: Api, { amend }: AmendRoutes): void {
  api.patch('/v1/deliveries/:id', {
    // What is changed must fit what stays of the request, and is checked with that.
    config: { roles: ['operate'], readsBody: true },
    schema: {
      operationId: 'amendDelivery',
      summary: 'Change a delivery that has not been sent',
      tags: ['deliveries'],
      params: idPath,
      querystring: fromQuery,
      body: changes,
      response: answers({ 200: json('Changed', amended) }, ['not_found', 'ambiguous_id', 'illegal_state']),
    },
    handler: (request) =>
      amend(request.params.id, request.body, narrowTo(callerOf(request), request.query.from)),
  });
}
