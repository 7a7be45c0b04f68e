import { z } from 'zod';
import { oneOf, query, text } from '../../../queue/request-fields.js';
import { problem } from './problem.js';
import { deliveryRequest, enqueued } from './requests.js';

export const NDJSON = 'application/x-ndjson';
/** What clients call the same. */
export const NDJSON_TYPES: readonly string[] = [
  NDJSON,
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonl',
  'application/jsonlines',
  'application/x-jsonlines',
  'application/json-lines',
];

export const batchQuery = query({
  run: text(1, 64)
    .optional()
    .describe('A name for this run: requests without an id are new in another run, though they are the same'),
  summary: oneOf(['true', 'false'])
    .optional()
    .describe('true: one more element or line at the end counts the answers'),
});

const line = z
  .int()
  .describe('Counted from 1: of the body’s lines, empty ones too, or of the array’s elements');

const summary = z.object({
  taken: z.int().describe('New deliveries'),
  duplicates: z.int().describe('Were here before: nothing was added for them'),
  refused: z.int().describe('Answered with an error'),
});

const batchAnswer = z
  .union([
    enqueued.omit({ from: true }).extend({ line }),
    z.object({ line, error: problem }),
    z
      .object({ summary: summary.describe('How many were answered how') })
      .describe('Where `summary` was asked for: the last one'),
  ])
  .meta({ id: 'BatchAnswer' });

export const batchBody = z.array(deliveryRequest).describe('As NDJSON: one request a line');

/** Of no type for the compiler: what is sent is a stream of these. */
export const batchAnswers: unknown = {
  description: 'An answer for each, in their order; of NDJSON one a line',
  content: {
    'application/json': { schema: z.array(batchAnswer) },
    [NDJSON]: { schema: batchAnswer },
  },
};
