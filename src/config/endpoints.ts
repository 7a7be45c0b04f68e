import { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../domain/event.js';
import { maskUrl } from '../domain/mask.js';
import { duplicates, json } from './json.js';
import { parseHttpUrl } from './url.js';

/** Where events are posted to. The first secret signs, the others are still told while one is being changed. */
export type EventEndpoint = {
  readonly url: string;
  readonly secrets: readonly string[];
  /** Empty: all types. */
  readonly types: readonly EventType[];
  /** Numbers or names; empty: all accounts. */
  readonly accounts: readonly string[];
};

const EXPECTED = 'a JSON array of {url, secrets, types, accounts}';
const SECRET_FORM = 'whsec_ and 24 to 64 bytes in base64';
const URL_FORM = 'an https URL without user and fragment (http only inside a private network)';

const endpoint = z.strictObject(
  {
    url: z.string({ error: URL_FORM }).refine((text) => parseHttpUrl(text).ok, { error: URL_FORM }),
    secrets: z
      .array(
        z.string({ error: SECRET_FORM }).regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, { error: SECRET_FORM }),
        {
          error: 'an array of secrets',
        },
      )
      .min(1, { error: 'at least one secret' }),
    types: z
      .array(z.enum(EVENT_TYPES, { error: EVENT_TYPES.join(' | ') }), { error: 'an array of event types' })
      .default([]),
    accounts: z
      .array(z.string({ error: 'a number or name' }).min(1), { error: 'an array of numbers or names' })
      .default([]),
  },
  { error: 'the fields url, secrets, types, accounts' },
);

export const eventEndpoints = json<readonly EventEndpoint[], readonly EventEndpoint[]>({
  expected: EXPECTED,
  schema: z.array(endpoint, { error: EXPECTED }),
  build: (value) => {
    const problems = duplicates(
      value.map(({ url }) => url),
      'url',
    );
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
  },
  show: (endpoints) => endpoints.map(({ url }) => maskUrl(url)).join(', ') || 'none',
});
