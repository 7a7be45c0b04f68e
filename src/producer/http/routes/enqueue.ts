import { ValidationError } from '../../../errors.js';
import type { Enqueued } from '../../enqueue.js';
import type { EnqueueRequest } from '../../read-request.js';
import type { Api } from '../api.js';
import { callerOf } from '../guard.js';
import { answers, json } from '../schemas/problem.js';
import { deliveryRequest, enqueued, keyHeader } from '../schemas/requests.js';
import { type Accounts, accountOf } from '../scope.js';

export type EnqueueRoutes = {
  readonly accounts: Accounts;
  readonly enqueue: (request: EnqueueRequest) => Promise<Enqueued>;
  /** @throws ProblemError backlog_full */
  readonly admit: (from: string) => Promise<void>;
};

/** `POST /v1/deliveries` */
export function addEnqueue(api: Api, { accounts, enqueue, admit }: EnqueueRoutes): void {
  api.post('/v1/deliveries', {
    config: { roles: ['send'] },
    schema: {
      operationId: 'enqueueDelivery',
      summary: 'Have a file sent',
      tags: ['deliveries'],
      headers: keyHeader,
      body: deliveryRequest,
      response: answers(
        { 200: json('The same again: nothing was added', enqueued), 202: json('Taken', enqueued) },
        [
          'malformed_json',
          'body_too_large',
          'unsupported_media_type',
          'unknown_account',
          'idempotency_key_reused',
          'backlog_full',
        ],
      ),
    },
    handler: async (request, reply) => {
      const named = idOf(request.body.id, request.headers['idempotency-key']);
      const { from } = await accountOf(request.body.from, callerOf(request), accounts);
      await admit(from);
      const taken = await enqueue({ ...request.body, ...named, from });
      reply.header('location', `/v1/deliveries/${taken.id}?from=${from}`);
      return reply.code(taken.duplicate ? 200 : 202).send({ ...taken, from });
    },
  });
}

/** In the header, in the body, or in both alike. */
function idOf(inBody: string | undefined, inHeader: string | undefined): { readonly id?: string } {
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    const detail = 'is not the Idempotency-Key: give one of the two, or both alike';
    throw new ValidationError([{ pointer: '/id', detail }]);
  }
  const id = inHeader ?? inBody;
  return id === undefined ? {} : { id };
}
