import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Caller } from '../../../domain/caller.js';
import { parseCursor } from '../../../domain/cursor.js';
import { EVENT_TYPES, isEventType } from '../../../domain/event.js';
import { query } from '../../../queue/request-fields.js';
import type { EventsAsked, ReadEvent } from '../../events.js';
import type { Api } from '../api.js';
import { toEventStream } from '../event-stream.js';
import { callerOf } from '../guard.js';
import { inWords, ProblemError } from '../problem.js';
import { answers } from '../schemas/problem.js';
import { type Accounts, mayUse, type NamedAccount, UNKNOWN_ACCOUNT } from '../scope.js';

export type EventRoutes = {
  readonly accounts: Accounts;
  readonly events: (asked: EventsAsked) => AsyncIterable<ReadEvent>;
  /** The cursor after which comes what happens from now on. */
  readonly cursorNow: () => Promise<string>;
  /** Aborted when the process is told to end. */
  readonly stopping: AbortSignal;
};

/** Each has a connection to Redis of its own. */
const MOST_READERS = 100;

const CURSOR_FORM = 'must be the id of an event that was read before, a time with its zone, or 0';
const cursor = z
  .string({ error: CURSOR_FORM })
  .refine((text) => parseCursor(text) !== null, { error: CURSOR_FORM });

const listed = z
  .string({ error: 'must be given once, with commas between several' })
  .transform((list) => list.split(',').map((part) => part.trim()));

const choice = query({
  from: listed.optional().describe('Accounts by number or name, comma-separated; default: all of the key'),
  types: listed
    .refine((types) => types.every(isEventType), { error: `must be some of ${EVENT_TYPES.join(', ')}` })
    .transform((types) => types.filter(isEventType))
    .optional()
    .describe('Types, comma-separated; default: all'),
  after: cursor
    .optional()
    .describe(
      'First those after this: an id; since this time (ISO 8601 or epoch milliseconds); or 0 for all kept',
    ),
});

const headers = z.looseObject({
  'last-event-id': cursor.optional().describe('Beats "after": what a reader sends who comes back'),
});

/** `GET /v1/events`: server-sent. */
export function addEventStream(api: Api, routes: EventRoutes): void {
  let readers = 0;
  api.get('/v1/events', {
    config: { roles: ['read'], asksMuch: true },
    schema: {
      operationId: 'readEvents',
      summary: 'Follow what becomes of deliveries, as server-sent events',
      tags: ['events'],
      querystring: choice,
      headers,
      response: answers(
        {
          200: {
            description: 'Events as they come; "gap" where some are not kept any more',
            content: { 'text/event-stream': { schema: z.unknown().meta({ type: 'string' }) } },
          },
        },
        ['account_not_found'],
      ),
    },
    handler: async (request, reply) => {
      const { types, from, after } = request.query;
      if (readers >= MOST_READERS) throw tooManyReaders();
      // Also for who knows where to begin: without Redis no stream is begun.
      const now = await routes.cursorNow();
      const asked = {
        ...(await scopeOf(from, callerOf(request), routes.accounts)),
        after: request.headers['last-event-id'] ?? after ?? now,
        ...(types === undefined ? {} : { types }),
      };
      const gone = new AbortController();
      readers += 1;
      reply.raw.once('close', () => {
        readers -= 1;
        gone.abort();
      });
      const signal = AbortSignal.any([gone.signal, routes.stopping]);
      const cut = () => reply.raw.destroy();
      const text = toEventStream(routes.events({ ...asked, signal }), { cut });
      const stream = Readable.from(text, { objectMode: false });
      // Closed at its end: a draining process would wait for the next call on it.
      reply.headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' });
      return reply.type('text/event-stream').serializer(String).send(stream);
    },
  });
}

function tooManyReaders(): ProblemError {
  const detail = `at most ${MOST_READERS} readers of events are served by one process`;
  return new ProblemError('rate_limited', detail, { retryAfterSeconds: 5 });
}

async function scopeOf(
  names: readonly string[] | undefined,
  caller: Caller,
  accounts: Accounts,
): Promise<Pick<EventsAsked, 'from' | 'isSeen'>> {
  if (names === undefined) return { isSeen: (account) => mayUse(caller, account) };
  const found = await Promise.all(names.map((name) => accountInQuery(name, caller, accounts)));
  return { from: found.map(({ from }) => from) };
}

async function accountInQuery(name: string, caller: Caller, accounts: Accounts): Promise<NamedAccount> {
  const account = await accounts.find(name);
  if (account !== undefined && mayUse(caller, account)) return account;
  const errors = [{ pointer: '/query/from', detail: UNKNOWN_ACCOUNT }];
  throw new ProblemError('account_not_found', inWords(errors), { errors });
}
