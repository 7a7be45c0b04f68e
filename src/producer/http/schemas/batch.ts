import { z } from 'zod';
import { problem } from './problem.js';
import { deliveryRequest, enqueued } from './requests.js';

export const NDJSON = 'application/x-ndjson';

const line = z
  .int()
  .describe('Counted from 1: of the body’s lines, empty ones too, or of the array’s elements');

const batchAnswer = z
  .union([enqueued.omit({ from: true }).extend({ line }), z.object({ line, error: problem })])
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
