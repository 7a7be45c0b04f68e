import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../domain/event.js';
import { maskUrl } from '../domain/mask.js';
import { eventHeaders } from './event-headers.js';
import { duplicates, json } from './json.js';
import type { Problem } from './kinds.js';
import { parseHttpUrl } from './url.js';

/** Where events are posted to. The first secret signs, the others are still told while one is being changed. */
export type EventEndpoint = {
  /** In keys, metrics and logs, which never show the URL: as given, or made of its host and a short hash. */
  readonly name: string;
  readonly url: string;
  readonly secrets: readonly string[];
  /** Sent with each event, by their names in lower case; their values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: all types. */
  readonly types: readonly EventType[];
  /** Numbers or names; empty: all accounts. */
  readonly accounts: readonly string[];
  /** Whether it may be inside a private network, and plain http. */
  readonly allowPrivate: boolean;
};

const EXPECTED = 'a JSON array of {url, secrets, name, types, accounts, headers, allowPrivate}';
const NAME_FORM = 'a name of 1 to 64 letters, digits, . _ -';
const SECRET_FORM = 'whsec_ and 24 to 64 bytes in base64';
const URL_FORM =
  'an https URL without user and fragment (http only with allowPrivate, inside a private network)';

const endpoint = z.strictObject(
  {
    name: z
      .string({ error: NAME_FORM })
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: NAME_FORM })
      .exactOptional(),
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
    headers: eventHeaders.default({}),
    allowPrivate: z.boolean({ error: 'true or false' }).default(false),
  },
  { error: 'the fields url, secrets, name, types, accounts, headers, allowPrivate' },
);

type Given = z.infer<typeof endpoint>;

export const eventEndpoints = json<readonly Given[], readonly EventEndpoint[]>({
  expected: EXPECTED,
  schema: z.array(endpoint, { error: EXPECTED }),
  build: (value) => {
    const endpoints = value.map((given) => ({ ...given, name: given.name ?? nameOf(given.url) }));
    const problems = [
      ...duplicates(
        value.map(({ url }) => url),
        'url',
      ),
      ...duplicates(
        endpoints.map(({ name }) => name),
        'name',
      ),
      ...value.flatMap(plainProblem),
    ];
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value: endpoints };
  },
  show: (endpoints) => endpoints.map(({ name, url }) => `${name} (${maskUrl(url)})`).join(', ') || 'none',
});

/** Stays the same as long as the URL does: what was pushed already is remembered by it. */
function nameOf(url: string): string {
  const { hostname } = new URL(url);
  const host = hostname.replace(/[^A-Za-z0-9.-]/g, '').slice(0, 48);
  return `${host}-${createHash('sha256').update(url).digest('hex').slice(0, 6)}`;
}

function plainProblem({ url, allowPrivate }: Given, index: number): Problem[] {
  if (allowPrivate || new URL(url).protocol === 'https:') return [];
  return [{ problem: `at /${index}/url is plain http`, expected: 'https, or allowPrivate: true beside it' }];
}
