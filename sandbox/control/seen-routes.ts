import { z } from 'zod';
import { messageFilterSchema, requestFilterSchema } from '../shapes.js';
import { type ControlRoute, nothing, ofAccount, route, text } from './route.js';

/** What was seen. */
export const SEEN_ROUTES: readonly ControlRoute[] = [
  route('GET accepted', {
    what: 'messages that send calls made, oldest first: the truth about what was taken',
    input: messageFilterSchema,
    example: { to: '972501234567' },
    run: (verbs, filter) => verbs.accepted(filter),
  }),
  route('GET seen', {
    what: 'every call that arrived, also those that were refused or got no answer; keys left out',
    input: requestFilterSchema,
    example: { endpoint: 'sendFile' },
    run: (verbs, filter) => verbs.requests(filter),
  }),
  route('GET history', {
    what: 'an account’s messages both ways, newest first',
    input: z.strictObject({ to: text.optional(), ...ofAccount }),
    example: { to: '972501234567' },
    run: (verbs, of) => verbs.history(of),
  }),
  route('GET callbacks', {
    what: 'every POST to a webhook, and how it was answered',
    input: nothing,
    run: (verbs) => verbs.callbacks(),
  }),
  route('GET bill', {
    what: 'paid sessions, oldest first, with the messages in each',
    input: nothing,
    run: (verbs) => verbs.bill(),
  }),
  route('GET counts', {
    what: 'how many calls, messages, refusals, faults and callbacks there were',
    input: nothing,
    run: (verbs) => verbs.counts(),
  }),
  route('GET idle', {
    what: 'answers when no callback is due or under way; 504 when that takes longer than timeoutMs (30000)',
    input: z.strictObject({ timeoutMs: z.coerce.number().int().nonnegative().optional() }),
    example: { timeoutMs: 5000 },
    run: (verbs, more) => verbs.idle(more),
  }),
];
