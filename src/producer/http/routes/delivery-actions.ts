import { z } from 'zod';
import { isFields } from '../../../domain/seal.js';
import { flag, object, oneOf, orEmptyArray, text } from '../../../queue/request-fields.js';
import { accountNumber, deliveryId, status } from '../../delivery-schema.js';
import type { Asking, Said } from '../../operate.js';
import type { Narrow } from '../../producer.js';
import type { ResendOptions, Resent } from '../../resend.js';
import type { Resolution, Resolved } from '../../resolve.js';
import type { Api } from '../api.js';
import { callerOf, signatureOf } from '../guard.js';
import { answers, json } from '../schemas/problem.js';
import { enqueued, fromQuery, idPath, newId, reasonBody, reasonField } from '../schemas/requests.js';
import { narrowTo } from '../scope.js';

export type ActionRoutes = {
  readonly cancel: (id: string, asking: Asking) => Promise<unknown>;
  readonly resend: (id: string, options: ResendOptions, asking: Asking) => Promise<Resent>;
  readonly resolve: (id: string, said: Said, narrow: Narrow) => Promise<Resolved>;
};

const REFUSALS = ['not_found', 'unknown_account', 'ambiguous_id', 'illegal_state'] as const;
const asked = { params: idPath, querystring: fromQuery };

/** `POST /v1/deliveries/{id}/cancel`, `resend` and `resolve` */
export function addActions(api: Api, routes: ActionRoutes): void {
  addCancel(api, routes);
  addResend(api, routes);
  addResolve(api, routes);
}

type Asked = Parameters<typeof signatureOf>[0] & {
  readonly query: { readonly from?: string | undefined };
  readonly body: { readonly reason?: string | null | undefined };
};

/** Where to look for the delivery, and who asks. */
function askingOf(request: Asked): Asking {
  const { reason } = request.body;
  return { ...narrowTo(callerOf(request), request.query.from), ...signatureOf(request, { reason }) };
}

function addCancel(api: Api, { cancel }: ActionRoutes): void {
  api.post('/v1/deliveries/:id/cancel', {
    config: { roles: ['send', 'operate'] },
    schema: {
      ...asked,
      operationId: 'cancelDelivery',
      summary: 'Cancel a delivery that is not being sent',
      tags: ['deliveries'],
      body: reasonBody,
      response: answers({ 200: json('Cancelled', z.object({ id: deliveryId, status })) }, REFUSALS),
    },
    handler: async (request) => {
      const { id } = request.params;
      await cancel(id, askingOf(request));
      return { id, status: 'cancelled' as const };
    },
  });
}

const resendBody = orEmptyArray(
  object({
    id: newId.nullish().describe('The new delivery’s id; one is made otherwise'),
    localStorage: flag
      .nullish()
      .describe('The provider downloads the file first: for links that WhatsApp cannot reach'),
    ...reasonField,
  }),
).default({});

function addResend(api: Api, { resend }: ActionRoutes): void {
  const resent = enqueued
    .extend({ resendOf: z.string().describe('The id of the delivery that it repeats') })
    .meta({ id: 'Resent' });
  api.post('/v1/deliveries/:id/resend', {
    config: { roles: ['operate'] },
    schema: {
      ...asked,
      operationId: 'resendDelivery',
      summary: 'Make a new delivery of one that failed or expired',
      tags: ['deliveries'],
      body: resendBody,
      response: answers({ 200: json('Made before', resent), 202: json('Made', resent) }, [
        ...REFUSALS,
        'request_gone',
        'idempotency_key_reused',
      ]),
    },
    handler: async (request, reply) => {
      const { id, localStorage } = request.body;
      const options = {
        localStorage: localStorage ?? false,
        ...((id ?? null) === null ? {} : { id: String(id) }),
      };
      const made = await resend(request.params.id, options, askingOf(request));
      reply.header('location', `/v1/deliveries/${made.id}?from=${made.from}`);
      return reply.code(made.duplicate ? 200 : 202).send(made);
    },
  });
}

const RESOLUTIONS = ['resend', 'close'] as const;

/** One object and no union: a union tells of one wrong field and keeps quiet about the others. */
const resolveBody = object({
  outcome: oneOf(
    ['sent', 'not_sent'],
    'must say what became of it: sent, or not_sent with next: resend or close',
  ).describe('The result'),
  unique: text(1, 512).nullish().describe('With sent: the message’s, so that its receipts are known'),
  next: oneOf(RESOLUTIONS).nullish().describe('With not_sent, needed there: send it now, or let it fail'),
  ...reasonField,
}).superRefine(
  (body, context) => {
    for (const [name, message] of misplaced(body))
      context.addIssue({ code: 'custom', path: [name], message });
  },
  { when: () => true },
);

function misplaced(body: unknown): readonly (readonly [name: string, detail: string])[] {
  if (!isFields(body)) return [];
  const isGiven = (name: string) => (body[name] ?? null) !== null;
  if (body.outcome === 'sent' && isGiven('next')) return [['next', 'is for not_sent: leave it out']];
  if (body.outcome !== 'not_sent') return [];
  return [
    ...(isGiven('unique') ? [['unique', 'is for sent: leave it out'] as const] : []),
    ...(isGiven('next') ? [] : [['next', `must be one of ${RESOLUTIONS.join(', ')}`] as const]),
  ];
}

function addResolve(api: Api, { resolve }: ActionRoutes): void {
  const resolved = z.object({ id: deliveryId, from: accountNumber, status });
  api.post('/v1/deliveries/:id/resolve', {
    config: { roles: ['operate'] },
    schema: {
      ...asked,
      operationId: 'resolveDelivery',
      summary: 'Say what became of a delivery whose outcome is unknown',
      tags: ['deliveries'],
      body: resolveBody,
      response: answers({ 200: json('How it stands now', resolved) }, REFUSALS),
    },
    handler: async (request) => {
      const said = {
        ...signatureOf(request, { reason: request.body.reason }),
        resolution: resolutionOf(request.body),
      };
      return resolve(request.params.id, said, narrowTo(callerOf(request), request.query.from));
    },
  });
}

function resolutionOf({ outcome, unique, next }: z.output<typeof resolveBody>): Resolution {
  if (outcome === 'sent') return { kind: 'sent', unique: unique ?? null };
  return { kind: next === 'resend' ? 'resend' : 'close' };
}
