import { types } from 'node:util';
import { z } from 'zod';
import { brokenCharacter, countCharacters } from '../domain/characters.js';

// The kinds of field that a request is made of. Each has one sentence that says what would be right, whatever
// was wrong. Optional fields are `nullish`: a null is as good as an absent field, as most serializers write it.

export function text(least: number, most: number) {
  const form = `a string of ${least} to ${most} characters`;
  const words = { error: `must be ${form}` };
  const fits = (value: string) => {
    const count = countCharacters(value);
    return count >= least && count <= most;
  };
  return z
    .string({ error: ({ input }) => (isAbsent(input) ? `is missing: give ${form}` : words.error) })
    .refine(fits, words)
    .refine((value) => brokenCharacter(value) === null, { error: ({ input }) => inWords(input) })
    .meta({ minLength: least, maxLength: most });
}

function inWords(input: unknown): string {
  return brokenCharacter(String(input)) ?? '';
}

/** A string that must be there; `advice` says what to give. */
export function required(advice: string) {
  return z.string({
    error: ({ input }) => `${isAbsent(input) ? 'is missing' : 'must be a string'}: ${advice}`,
  });
}

function isAbsent(input: unknown): boolean {
  return input === undefined || input === null;
}

export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  detail = `must be one of ${words.join(', ')}`,
) {
  return z.enum(words, { error: detail });
}

export const flag = z.boolean({ error: 'must be true or false' });

export function whole(least: number, most: number) {
  const words = { error: `must be a whole number from ${least} to ${most}`, abort: true };
  return z.int(words).min(least, words).max(most, words);
}

/** In milliseconds what is earlier would be of 1973 or before: they are seconds. */
const EARLIEST = 1e11;
/** The last year that ISO 8601 writes with four digits. */
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

const INSTANT = {
  error: 'must be epoch milliseconds or ISO 8601 with seconds and zone, for example 2026-11-22T09:30:00Z',
  abort: true,
};

/** A point in time, as epoch milliseconds. The library's callers give a `Date` as well. */
export const instant = z.preprocess(
  (given: string | number | Date): unknown => (types.isDate(given) ? given.getTime() : given),
  z
    .union(
      [z.int(INSTANT), z.iso.datetime({ ...INSTANT, offset: true }).transform((iso) => Date.parse(iso))],
      INSTANT,
    )
    .refine((time) => time >= EARLIEST && time <= LATEST, INSTANT),
);

/** At most so many fields, with short names and short strings in them. */
export function strings(limits: { readonly fields: number; readonly name: number; readonly value: number }) {
  const words = `must be an object of at most ${limits.fields} strings with names of 1 to ${limits.name}`;
  return orEmptyArray(
    z
      .record(text(1, limits.name), text(0, limits.value).nullish(), {
        error: (issue) => (issue.code === 'invalid_key' ? brokenName(issue.input) : null) ?? words,
      })
      .transform(withoutGaps)
      .refine((value) => Object.keys(value).length <= limits.fields, { error: words }),
  );
}

function brokenName(name: unknown): string | null {
  const broken = brokenCharacter(String(name));
  return broken === null ? null : `has a name that ${broken}`;
}

function withoutGaps(
  fields: Readonly<Record<string, string | null | undefined>>,
): Readonly<Record<string, string>> {
  const filled = Object.entries(fields).flatMap(([name, value]) =>
    isAbsent(value) ? [] : [[name, String(value)] as const],
  );
  return Object.fromEntries(filled);
}

/** PHP writes an empty object as an empty array. */
export function orEmptyArray<Schema extends z.ZodType>(schema: Schema) {
  const mend = (value: z.input<Schema>): unknown => (isEmpty(value) && Array.isArray(value) ? {} : value);
  return z.preprocess(mend, schema);
}

/** The reverse, for an array. */
export function orEmptyObject<Schema extends z.ZodType>(schema: Schema) {
  const mend = (value: z.input<Schema>): unknown => (isEmpty(value) && !Array.isArray(value) ? [] : value);
  return z.preprocess(mend, schema);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** An object of these fields and no others. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const names = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `is no field; the fields are ${names}` : `must be an object of ${names}`,
  });
}

/** A call's query. Its values are text. */
export function query<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const names = Object.keys(shape).join(', ');
  const known = names === '' ? 'it has none' : `they are ${names}`;
  return z.strictObject(shape, { error: `is no parameter of this call; ${known}` });
}

/** A whole number as a query has it. */
export function wholeInQuery(least: number, most: number) {
  return z
    .unknown()
    .meta({ type: 'integer', minimum: least, maximum: most })
    .transform(numberOf)
    .pipe(whole(least, most));
}

/** A point in time as a query has it. */
export const instantInQuery = z
  .unknown()
  .meta({ anyOf: [{ type: 'string', format: 'date-time' }, { type: 'integer' }] })
  .transform(numberOf)
  .pipe(instant);

/** Digits are a number; all else stays what it is. */
function numberOf(written: unknown): unknown {
  return typeof written === 'string' && /^\d{1,15}$/.test(written) ? Number(written) : written;
}
