import { z } from 'zod';
import { INBOUND_TYPES } from '../callbacks/payloads.js';
import { type ControlRoute, ofAccount, route, text } from './route.js';

const TO = '972501234567';

/** What clients, and people beside the API, do. */
export const PEOPLE_ROUTES: readonly ControlRoute[] = [
  route('POST reply', {
    what: 'a client writes: its window opens, the webhook hears of it; tells the message’s unique',
    input: z.strictObject({
      to: text,
      text,
      quote: text.optional(),
      type: z.enum(INBOUND_TYPES).optional(),
      media: text.optional(),
      ...ofAccount,
    }),
    example: { to: TO, text: 'hi' },
    run: (verbs, { to, text: words, ...more }) => ({ unique: verbs.reply(to, words, more) }),
  }),
  route('POST agent', {
    what: 'a person writes to a client from our number, beside the API; tells the message’s unique',
    input: z.strictObject({ to: text, text, ...ofAccount }),
    example: { to: TO, text: 'a person here' },
    run: (verbs, { to, text: words, ...more }) => ({ unique: verbs.agentSend(to, words, more) }),
  }),
  route('POST clients', {
    what: 'makes a client known that has two names, or hides its number; anyone else needs no introduction',
    input: z.strictObject({
      number: text.optional(),
      fromId: text.optional(),
      hidden: z.boolean().optional(),
    }),
    example: { number: TO, fromId: 'IL.1605856887361213', hidden: true },
    run: (verbs, client) => verbs.client(client),
  }),
  route('POST window', {
    what: 'sets a client’s window to so many minutes; 0: closed, null: as if it had never written',
    input: z.strictObject({ to: text, minutes: z.number().nonnegative().nullable(), ...ofAccount }),
    example: { to: TO, minutes: 0 },
    run: (verbs, { to, minutes, ...more }) => verbs.windowLeft(to, minutes, more),
  }),
  route('GET windows', {
    what: 'customer windows of the conversations so far',
    input: z.strictObject({ to: text.optional(), ...ofAccount }),
    example: { to: TO },
    run: (verbs, of) => verbs.windows(of),
  }),
];
