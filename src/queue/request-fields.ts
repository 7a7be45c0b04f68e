import { z } from 'zod';
import { countCharacters } from '../domain/characters.js';

// The kinds of field that a request is made of. Each has one sentence that says what would be right, whatever
// was wrong; an explicit `undefined` is as good as an absent field, as it is in JSON.

export function text(least: number, most: number) {
  const words = { error: `must be a string of ${least} to ${most} characters` };
  const fits = (value: string) => {
    const count = countCharacters(value);
    return count >= least && count <= most;
  };
  return z.string(words).refine(fits, words).meta({ minLength: least, maxLength: most });
}

/** A string that must be there; `advice` says what to give. */
export function required(advice: string) {
  return z.string({
    error: ({ input }) => `${input === undefined ? 'is missing' : 'must be a string'}: ${advice}`,
  });
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
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

/** A point in time, as epoch milliseconds. */
export const instant = z
  .union(
    [z.int(INSTANT), z.iso.datetime({ ...INSTANT, offset: true }).transform((iso) => Date.parse(iso))],
    INSTANT,
  )
  .refine((time) => time >= EARLIEST && time <= LATEST, INSTANT);

/** At most so many fields, with short names and short strings in them. */
export function strings(limits: { readonly fields: number; readonly name: number; readonly value: number }) {
  const words = {
    error: `must be an object of at most ${limits.fields} strings with names of 1 to ${limits.name}`,
  };
  return z
    .record(text(1, limits.name), text(0, limits.value), words)
    .refine((value) => Object.keys(value).length <= limits.fields, words);
}

/** An object of these fields and no others. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const names = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `is no field; the fields are ${names}` : `must be an object of ${names}`,
  });
}
