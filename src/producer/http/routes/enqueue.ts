import type { Caller } from '../../../domain/caller.js';
import { isFields } from '../../../domain/seal.js';
import type { ValidationFault } from '../../../errors.js';
import type { Enqueued } from '../../enqueue.js';
import { asAccountFault, type EnqueueRequest, refusalOf } from '../../read-request.js';
import type { Api } from '../api.js';
import { callerOf } from '../guard.js';
import { answers, json } from '../schemas/problem.js';
import { deliveryRequest, enqueued, keyHeader } from '../schemas/requests.js';
import { type Accounts, accountOf } from '../scope.js';
import { faultsIn } from '../validate.js';

export type EnqueueRoutes = {
  readonly accounts: Accounts;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly enqueue: (request: EnqueueRequest) => Promise<Enqueued>;
  /** @throws ProblemError backlog_full */
  readonly admit: (from: string) => Promise<void>;
};

/** `POST /v1/deliveries` */
export function addEnqueue(api: Api, routes: EnqueueRoutes): void {
  const { enqueue, admit } = routes;
  api.post('/v1/deliveries', {
    config: { roles: ['send'], readsBody: true, tellsFaults: true },
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
      const header = request.headers['idempotency-key'];
      const found = [...faultsIn(request), ...idFaults(request.body, header)];
      const from = await readAccount({ body: request.body, caller: callerOf(request), found }, routes);
      await admit(from);
      const id = header ?? request.body.id;
      const taken = await enqueue({ ...request.body, ...(id === undefined ? {} : { id }), from });
      reply.header('location', `/v1/deliveries/${taken.id}?from=${from}`);
      return reply.code(taken.duplicate ? 200 : 202).send({ ...taken, from });
    },
  });
}

type Read = {
  /** Not checked yet. */
  readonly body: unknown;
  readonly caller: Caller;
  /** What is known to be wrong with the call. */
  readonly found: readonly ValidationFault[];
};

/**
 * The account that a request is for.
 * @throws UnknownAccountError, ValidationError with all that is wrong with the call
 */
async function readAccount({ body, caller, found }: Read, { accounts, now }: EnqueueRoutes): Promise<string> {
  const named = isFields(body) ? (body.from ?? undefined) : null;
  const isName = named === undefined || typeof named === 'string';
  const account = isName ? await accountOf(named, caller, accounts).catch(asAccountFault) : null;
  if (account !== null && 'from' in account && found.length === 0) return account.from;
  const why = account === null || 'from' in account ? null : account;
  throw refusalOf({ why, found }, body, now());
}

/** Both are the id, and must be alike. */
function idFaults(body: unknown, inHeader: string | undefined): readonly ValidationFault[] {
  const inBody = isFields(body) ? body.id : undefined;
  if (typeof inBody !== 'string' || inHeader === undefined || inBody === inHeader) return [];
  return [{ pointer: '/id', detail: 'is not the Idempotency-Key: give one of the two, or both alike' }];
}
