import { z } from 'zod';
import type { Signature } from '../../../domain/operation.js';
import { quarantineInWords, type ReplayedCallback, type ShownCallback } from '../../../domain/quarantine.js';
import { query, wholeInQuery } from '../../../queue/request-fields.js';
import { CURSOR_FORM } from '../../cursor.js';
import { time } from '../../wire.js';
import type { Api } from '../api.js';
import { callerOf, signatureOf } from '../guard.js';
import { answers, json } from '../schemas/problem.js';
import { reasonBody } from '../schemas/requests.js';
import { type Accounts, seenBy } from '../scope.js';

/** `visible`: the accounts of the key; undefined where it is for all. */
type Seeing = { readonly visible?: readonly string[] | undefined };

export type QuarantineRoutes = {
  readonly accounts: Accounts;
  readonly quarantine: {
    list(
      asked: Seeing & { readonly cursor?: string | undefined; readonly limit: number },
    ): Promise<{ readonly callbacks: readonly ShownCallback[]; readonly cursor: string | null }>;
    count(seeing: Seeing): Promise<number>;
    show(id: string, seeing: Seeing): Promise<ShownCallback>;
    replay(id: string, seeing: Seeing): Promise<ReplayedCallback>;
    replayAll(seeing: Seeing): Promise<readonly ReplayedCallback[]>;
  };
  /** Notes who has replayed what. */
  readonly replayed: (actor: Signature, callbacks: readonly ReplayedCallback[]) => void;
};

const callback = z
  .object({
    id: z.string().describe('Its id in this list'),
    reason: z.string().describe('Why it could not be applied, in a word'),
    words: z.string().describe('The same for people'),
    receivedAt: time.describe('When it came'),
    account: z.string().nullable().describe('The number that it is about, where it can be read'),
    body: z.string().describe('As it came, numbers masked and without what clients wrote'),
  })
  .meta({ id: 'QuarantinedCallback' });

const replayedCallback = z
  .object({
    id: z.string().describe('Its id in the list'),
    result: z
      .enum(['applied', 'duplicate', 'kept'])
      .describe('kept: still not understood; the others have left the list'),
    reason: z.string().optional().describe('Why it is kept'),
  })
  .meta({ id: 'ReplayedCallback' });

const paging = query({
  cursor: z
    .string({ error: CURSOR_FORM })
    .regex(/^\d{1,15}-[\w~.-]{1,100}$/, { error: CURSOR_FORM })
    .optional()
    .describe('Where the page before ended'),
  limit: wholeInQuery(1, 500).optional().describe('1 to 500, default 50'),
});

const path = z.object({ id: z.string().describe('The callback’s id in this list') });
const DEFAULT_LIMIT = 50;

/** `GET /v1/webhooks/quarantine`, one of it, and the replay of one or all. */
export function addQuarantine(api: Api, routes: QuarantineRoutes): void {
  addLooking(api, routes);
  addReplays(api, routes);
}

function addLooking(api: Api, { accounts, quarantine }: QuarantineRoutes): void {
  const page = z
    .object({
      callbacks: z.array(callback).readonly().describe('Newest first'),
      cursor: z.string().nullable().describe('For the next page; null when nothing follows'),
    })
    .meta({ id: 'QuarantinePage', description: 'May be short, even empty, though more follows' });
  api.get('/v1/webhooks/quarantine', {
    config: { roles: ['read', 'operate'], asksMuch: true },
    schema: {
      operationId: 'listQuarantine',
      summary: 'List the callbacks that could not be applied',
      tags: ['webhooks'],
      querystring: paging,
      response: answers({ 200: json('One page', page) }),
    },
    handler: async (request) => {
      const { cursor, limit = DEFAULT_LIMIT } = request.query;
      const seeing = await seenBy(callerOf(request), accounts);
      const found = await quarantine.list({ ...seeing, cursor, limit });
      return { callbacks: found.callbacks.map(tell), cursor: found.cursor };
    },
  });
  api.get('/v1/webhooks/quarantine/:id', {
    config: { roles: ['read', 'operate'], asksMuch: true },
    schema: {
      operationId: 'getQuarantined',
      summary: 'Show a callback that could not be applied',
      tags: ['webhooks'],
      params: path,
      response: answers({ 200: json('As it is kept', callback) }, ['callback_not_found']),
    },
    handler: async (request) => {
      const seeing = await seenBy(callerOf(request), accounts);
      return tell(await quarantine.show(request.params.id, seeing));
    },
  });
}

function tell(shown: ShownCallback): z.output<typeof callback> {
  return { ...shown, words: quarantineInWords(shown.reason) };
}

function addReplays(api: Api, { accounts, quarantine, replayed }: QuarantineRoutes): void {
  api.post('/v1/webhooks/quarantine/:id/replay', {
    config: { roles: ['operate'], asksMuch: true },
    schema: {
      operationId: 'replayQuarantined',
      summary: 'Apply a callback that could not be applied when it came',
      tags: ['webhooks'],
      params: path,
      body: reasonBody,
      response: answers({ 200: json('What became of it', replayedCallback) }, ['callback_not_found']),
    },
    handler: async (request) => {
      const caller = callerOf(request);
      const done = await quarantine.replay(request.params.id, await seenBy(caller, accounts));
      replayed(signatureOf(request, request.body), [done]);
      return done;
    },
  });
  const all = z
    .object({ callbacks: z.array(replayedCallback).readonly().describe('Oldest first') })
    .meta({ id: 'ReplayedCallbacks' });
  api.post('/v1/webhooks/quarantine/replay', {
    config: { roles: ['operate'], asksMuch: true },
    schema: {
      operationId: 'replayQuarantine',
      summary: 'Apply all callbacks that could not be applied when they came, oldest first',
      tags: ['webhooks'],
      body: reasonBody,
      response: answers({ 200: json('What became of each', all) }),
    },
    handler: async (request) => {
      const caller = callerOf(request);
      const callbacks = await quarantine.replayAll(await seenBy(caller, accounts));
      replayed(signatureOf(request, request.body), callbacks);
      return { callbacks };
    },
  });
}
