import { z } from 'zod';

const MOST = 16;
const FORM = 'an object of header names and their values';
const COUNT_FORM = `at most ${MOST} headers`;
const NAME_FORM = "header names of 1 to 64 letters, digits and !#$%&'*+-.^_`|~";
const VALUE_FORM = 'a text of 1 to 4096 printable ASCII characters, without a blank at its ends';
const ONCE = 'each name once, in capitals or not';
const OTHER =
  'a header that neither Waybill nor HTTP sets: not webhook-*, proxy-*, content-type, content-length, host, connection, …';

/** RFC 9110, 5.6.2: a token. */
const NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,64}$/;
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]{0,4094}[\x21-\x7e])?$/;
/** They frame the request, are for the next hop alone, or are what a receiver verifies. */
const RESERVED =
  /^(?:(?:webhook|proxy)-.*|content-(?:type|length|encoding)|host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect)$/;

type Fault = { readonly at: readonly string[]; readonly expected: string };

/** Headers sent with each event, by their names in lower case. A name that is none may be a secret, and is not repeated. */
export const eventHeaders = z.unknown().transform((given, context): Readonly<Record<string, string>> => {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  for (const { at, expected } of faultsOf(given, entries)) {
    context.addIssue({ code: 'custom', path: [...at], message: expected });
  }
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
});

type Entries = readonly (readonly [string, unknown])[];

function faultsOf(given: unknown, entries: Entries): readonly Fault[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return [{ at: [], expected: FORM }];
  const usable = entries.filter(([name]) => NAME.test(name));
  const names = usable.map(([name]) => name.toLowerCase());
  return [
    ...(entries.length > MOST ? [{ at: [], expected: COUNT_FORM }] : []),
    ...(usable.length < entries.length ? [{ at: [], expected: NAME_FORM }] : []),
    ...usable.flatMap(([name, value], index) => {
      if (RESERVED.test(name.toLowerCase())) return [{ at: [name], expected: OTHER }];
      if (names.indexOf(name.toLowerCase()) < index) return [{ at: [name], expected: ONCE }];
      return typeof value === 'string' && VALUE.test(value) ? [] : [{ at: [name], expected: VALUE_FORM }];
    }),
  ];
}
