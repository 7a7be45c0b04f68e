import { z } from 'zod';
import type { Signature } from '../../../domain/operation.js';
import type { Gate } from '../../../redis/gate.js';
import { accountName, accountNumber } from '../../delivery-schema.js';
import { textOrNull, time, timeOrNull } from '../../wire.js';
import type { Api } from '../api.js';
import { callerOf, signatureOf } from '../guard.js';
import { answers, json } from '../schemas/problem.js';
import { accountPath, reasonBody } from '../schemas/requests.js';
import { type Accounts, accountAt, mayUse, type NamedAccount } from '../scope.js';

/** An account as an operator sees it. */
type AccountState = Omit<NamedAccount, 'removedAt'> & {
  readonly gate: Gate;
  readonly queuePaused: boolean;
  readonly workers: number;
  readonly due: number;
  readonly waiting: number;
  readonly held: number;
  readonly unknown: number;
  readonly removedAt: number | null;
  readonly jobs: Readonly<Record<string, number>>;
};

export type AccountRoutes = {
  readonly accounts: Accounts;
  readonly stateOf: (account: NamedAccount) => Promise<AccountState>;
  readonly pause: (from: string, said: Signature) => Promise<void>;
  readonly resume: (from: string, said: Signature) => Promise<void>;
};

const gate = z.discriminatedUnion('state', [
  z.object({ state: z.literal('open').describe('It may send') }),
  z.object({
    state: z.literal('until').describe('It sends again by itself'),
    until: time.describe('When it does'),
    reason: textOrNull.describe('Why it does not send'),
    since: time.describe('Since when it does not send'),
  }),
  z.object({
    state: z.literal('paused').describe('It sends again when an operator or a good probe lets it'),
    reason: textOrNull.describe('Why it was paused'),
    since: time.describe('Since when it is paused'),
    who: textOrNull.describe('The operator’s name, or the key’s; null: none was given'),
    source: textOrNull.describe('From where: page, API, or the command line with its host; null: not known'),
  }),
]);

const account = z
  .object({
    from: accountNumber,
    name: accountName,
    gate: gate.describe('Whether it may send'),
    queuePaused: z.boolean().describe('Workers fetch no jobs of its queue'),
    workers: z.int().describe('Workers that serve the account'),
    due: z.int().describe('Deliveries that may go now'),
    waiting: z.int().describe('Deliveries that wait for a time or their turn'),
    held: z.int().describe('Deliveries that wait for an event: a window, the budget, the account'),
    unknown: z.int().describe('Deliveries of which nobody can say whether they were sent'),
    removedAt: timeOrNull.describe('When it was removed from the workers’ settings'),
    jobs: z.record(z.string(), z.number()).describe('By BullMQ’s state'),
  })
  .meta({ id: 'Account' });

/** `GET /v1/accounts`, `POST /v1/accounts/{from}/pause` and `resume` */
export function addAccounts(api: Api, routes: AccountRoutes): void {
  const { accounts, stateOf } = routes;
  api.get('/v1/accounts', {
    config: { roles: ['read'], asksMuch: true },
    schema: {
      operationId: 'listAccounts',
      summary: 'Tell the gates and queues of the key’s accounts',
      tags: ['accounts'],
      response: answers({
        200: json(
          'By account',
          z.object({ accounts: z.array(account).describe('In the order of the settings') }),
        ),
      }),
    },
    handler: async (request) => {
      const seen = (await accounts.all()).filter((each) => mayUse(callerOf(request), each));
      return { accounts: await Promise.all(seen.map(stateOf)) };
    },
  });
  addPause(api, routes);
  addResume(api, routes);
}

function addPause(api: Api, { accounts, stateOf, pause }: AccountRoutes): void {
  api.post('/v1/accounts/:from/pause', {
    config: { roles: ['operate'] },
    schema: {
      operationId: 'pauseAccount',
      summary: 'Send nothing more for an account; deliveries are kept',
      tags: ['accounts'],
      params: accountPath,
      body: reasonBody,
      response: answers({ 200: json('Paused', account) }, ['account_not_found']),
    },
    handler: async (request) => {
      const paused = await accountAt(request.params.from, callerOf(request), accounts);
      await pause(paused.from, signatureOf(request, { reason: request.body.reason }));
      return stateOf(paused);
    },
  });
}

function addResume(api: Api, { accounts, stateOf, resume }: AccountRoutes): void {
  api.post('/v1/accounts/:from/resume', {
    config: { roles: ['operate'] },
    schema: {
      operationId: 'resumeAccount',
      summary: 'Send again for an account',
      tags: ['accounts'],
      params: accountPath,
      body: reasonBody,
      response: answers({ 200: json('Resumed', account) }, ['account_not_found']),
    },
    handler: async (request) => {
      const resumed = await accountAt(request.params.from, callerOf(request), accounts);
      await resume(resumed.from, signatureOf(request, { reason: request.body.reason }));
      return stateOf(resumed);
    },
  });
}
