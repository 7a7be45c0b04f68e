import { z } from 'zod';

const WORDS = { error: 'must be epoch milliseconds or ISO 8601 with seconds and zone' };

/** A point in time as people type it: ISO 8601 with its zone, or epoch milliseconds. */
export const moment = z.union(
  [
    z
      .string()
      .regex(/^\d{12,14}$/)
      .transform(Number),
    z.iso.datetime({ offset: true }).transform((iso) => Date.parse(iso)),
  ],
  WORDS,
);
