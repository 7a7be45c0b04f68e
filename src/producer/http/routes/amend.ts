import { z } from 'zod';
import { isFields } from '../../../domain/seal.js';
import type { Changes } from '../../../queue/delivery-request.js';
import { type Amended, changesSchema } from '../../amend.js';
import { accountNumber, deliveryId, status, warnings } from '../../delivery-schema.js';
import type { Asking } from '../../operate.js';
import type { Api } from '../api.js';
import { callerOf, signatureOf } from '../guard.js';
import { answers, json } from '../schemas/problem.js';
import { fromQuery, idPath, reasonField } from '../schemas/requests.js';
import { narrowTo } from '../scope.js';

export type AmendRoutes = {
  readonly amend: (id: string, changes: Changes, asking: Asking) => Promise<Amended>;
};

const changes = changesSchema.extend(reasonField).meta({ id: 'DeliveryChanges' });

const amended = z.object({ id: deliveryId, from: accountNumber, status, warnings }).meta({ id: 'Amended' });

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
      response: answers({ 200: json('Changed', amended) }, [
        'not_found',
        'unknown_account',
        'ambiguous_id',
        'illegal_state',
      ]),
    },
    handler: (request) => {
      const { reason, ...changes } = isFields(request.body) ? request.body : { reason: undefined };
      const narrow = narrowTo(callerOf(request), request.query.from);
      const asking = { ...narrow, ...signatureOf(request, { reason }) };
      return amend(request.params.id, isFields(request.body) ? changes : request.body, asking);
    },
  });
}
