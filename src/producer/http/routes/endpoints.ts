import { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../../../domain/event.js';
import type { Signature } from '../../../domain/operation.js';
import type { Api } from '../api.js';
import { callerOf, signatureOf } from '../guard.js';
import { ProblemError } from '../problem.js';
import { answers, json } from '../schemas/problem.js';
import { reasonBody } from '../schemas/requests.js';
import { type Accounts, mayUse, type Scope } from '../scope.js';

type NamedEndpoint = {
  readonly name: string;
  /** Both empty: all. */
  readonly types: readonly EventType[];
  readonly accounts: readonly string[];
};

/** Where events are posted to. Its URL may hold a secret, and stays where it is. */
export type EndpointState = NamedEndpoint & { readonly deadEvents: number };

/** What an endpoint made of a test event. */
export type Tested = z.output<typeof tested>;

export type Endpoints = {
  readonly named: readonly NamedEndpoint[];
  all(): Promise<readonly EndpointState[]>;
  test(name: string): Promise<Tested>;
};

export type EndpointRoutes = {
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
  /** Notes who has tried which. */
  readonly tried: (said: Signature, tested: Tested) => void;
};

const endpoint = z
  .object({
    name: z.string().describe('As the settings name it'),
    types: z.array(z.enum(EVENT_TYPES)).readonly().describe('The event types that it gets; empty: all'),
    accounts: z.array(z.string()).readonly().describe('Numbers or names; empty: all'),
    deadEvents: z.int().describe('Events that it did not take within a day, kept to be posted again'),
  })
  .meta({ id: 'EventEndpoint' });

const tested = z
  .object({
    endpoint: z.string().describe('Its name'),
    id: z.string().describe('The event’s'),
    taken: z.boolean().describe('Whether it answered 2xx'),
    status: z.number().nullable().describe('What it answered; null: nothing'),
    reason: z.string().nullable().describe('Why it was not taken, in a word'),
    durationMs: z.number().describe('Milliseconds until it answered'),
  })
  .meta({ id: 'TestedEndpoint' });

const path = z.object({ name: z.string().describe('The endpoint’s name') });

/** `GET /v1/events/endpoints` and `POST …/{name}/test` */
export function addEndpoints(api: Api, routes: EndpointRoutes): void {
  api.get('/v1/events/endpoints', {
    config: { roles: ['read', 'operate'] },
    schema: {
      operationId: 'listEventEndpoints',
      summary: 'List where events are posted to, as far as the key’s accounts go',
      tags: ['events'],
      response: answers({
        200: json(
          'By name',
          z.object({ endpoints: z.array(endpoint).describe('Those that the key may see') }),
        ),
      }),
    },
    handler: async (request) => ({ endpoints: await endpointsOf(callerOf(request), routes) }),
  });
  api.post('/v1/events/endpoints/:name/test', {
    // It waits for the endpoint, and for Redis hardly at all.
    config: { roles: ['operate'], asksMuch: true },
    schema: {
      operationId: 'testEventEndpoint',
      summary: 'Post a signed test event to an endpoint now',
      tags: ['events'],
      params: path,
      body: reasonBody,
      response: answers({ 200: json('What it answered', tested) }, ['endpoint_not_found']),
    },
    handler: (request) => {
      const said = signatureOf(request, { reason: request.body.reason });
      return tryEndpoint({ name: request.params.name, scope: callerOf(request), said }, routes);
    },
  });
}

/** Those that get events of the key's accounts alone. */
export async function endpointsOf(
  scope: Scope,
  { endpoints, accounts }: Pick<EndpointRoutes, 'endpoints' | 'accounts'>,
): Promise<EndpointState[]> {
  const mine = await namesOf(scope, accounts);
  return (await endpoints.all()).filter((each) => mine(each));
}

type Trying = { readonly name: string; readonly scope: Scope; readonly said: Signature };

/** @throws ProblemError endpoint_not_found, also where the key is not for all that it is told */
export async function tryEndpoint(
  { name, scope, said }: Trying,
  { endpoints, accounts, tried }: EndpointRoutes,
): Promise<Tested> {
  const mine = await namesOf(scope, accounts);
  const known = endpoints.named.filter((each) => mine(each));
  if (!known.some((each) => each.name === name)) {
    const names = known.map((each) => each.name).join(', ');
    const choice = names === '' ? 'WAYBILL_EVENT_ENDPOINTS of the API names none' : `there are ${names}`;
    throw new ProblemError(
      'endpoint_not_found',
      `no endpoint that this key may use has this name: ${choice}`,
    );
  }
  const result = await endpoints.test(name);
  tried(said, result);
  return result;
}

async function namesOf(scope: Scope, accounts: Accounts): Promise<(endpoint: NamedEndpoint) => boolean> {
  if (scope.accounts.includes('*')) return () => true;
  const mine = (await accounts.all()).filter((account) => mayUse(scope, account));
  const names = new Set(mine.flatMap(({ from, name }) => [from, name]));
  return (endpoint) => endpoint.accounts.length > 0 && endpoint.accounts.every((name) => names.has(name));
}
