import { STATUSES, type Status } from '../../../domain/status.js';
import { SECOND } from '../../../domain/time.js';
import { withoutQueries } from '../../../domain/without-queries.js';
import { WaybillError } from '../../../errors.js';
import { oneOf, query, wholeInQuery } from '../../../queue/request-fields.js';
import type { DeliveryView } from '../../../redis/delivery-view.js';
import { asTold, delivery } from '../../delivery-schema.js';
import type { Narrow } from '../../producer.js';
import type { WaitOptions } from '../../watch.js';
import type { Api } from '../api.js';
import { callerOf } from '../guard.js';
import { answers, json } from '../schemas/problem.js';
import { idPath, narrowing } from '../schemas/requests.js';
import { narrowTo } from '../scope.js';

export type DeliveryRoutes = {
  readonly get: (id: string, narrow: Narrow) => Promise<DeliveryView>;
  readonly wait: (id: string, until: Status, options: WaitOptions & Narrow) => Promise<DeliveryView>;
  /** Aborted when the process is about to end: nobody is kept waiting then. */
  readonly stopping: AbortSignal;
};

const LONGEST_WAIT_S = 60;

const waiting = query({
  ...narrowing,
  wait: wholeInQuery(0, LONGEST_WAIT_S)
    .optional()
    .describe(`Seconds to hold the answer until it is there, at most ${LONGEST_WAIT_S}`),
  until: oneOf(STATUSES).default('delivered').describe('What is waited for: this status, or a better one'),
});

/** `GET /v1/deliveries/{id}`, at once or when it has come to a status. */
export function addDelivery(api: Api, routes: DeliveryRoutes): void {
  api.get('/v1/deliveries/:id', {
    config: { roles: ['read'], asksMuch: true },
    schema: {
      operationId: 'getDelivery',
      summary: 'Tell where a delivery is, and how it got there',
      tags: ['deliveries'],
      params: idPath,
      querystring: waiting,
      response: answers({ 200: json('As it is now', delivery) }, [
        'not_found',
        'unknown_account',
        'ambiguous_id',
      ]),
    },
    handler: async (request, reply) => {
      const { from, wait = 0, until } = request.query;
      const narrow = narrowTo(callerOf(request), from);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, routes.stopping]);
      const { id } = request.params;
      if (wait > 0) {
        const options = { ...narrow, timeoutMs: wait * SECOND, signal };
        await routes.wait(id, until, options).catch((error: unknown) => {
          if (!signal.aborted && !hasEnded(error)) throw error;
        });
      }
      return reply.send(asTold(withoutQueries(await routes.get(id, narrow))));
    },
  });
}

/** A wait that was in vain: how the delivery is then is the answer. */
function hasEnded(error: unknown): boolean {
  return error instanceof WaybillError && ['TIMEOUT', 'ILLEGAL_STATE'].includes(error.code);
}
