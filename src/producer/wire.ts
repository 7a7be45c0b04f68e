import { z } from 'zod';

/** A point in time: epoch milliseconds in here, ISO 8601 for whoever asks. */
export const time = z
  .codec(z.iso.datetime(), z.number(), {
    decode: (iso) => Date.parse(iso),
    encode: (ms) => new Date(ms).toISOString(),
  })
  .meta({ type: 'string', format: 'date-time' });

export const timeOrNull = time.nullable();

/** What may be missing: an empty text in here, null for whoever asks. */
export const textOrNull = z
  .codec(z.string().nullable(), z.string().nullable(), {
    decode: (text) => text ?? '',
    encode: (text) => (text === '' ? null : text),
  })
  .meta({ type: ['string', 'null'] });
