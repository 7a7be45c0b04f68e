import { z } from 'zod';
import { status, time } from './delivery.js';

const timeOrNull = time.nullable();

const budget = z
  .object({
    limit: z.int().nullable().describe('Null: there is none'),
    used: z.int(),
    left: z.int().nullable(),
    renewsAt: time,
  })
  .nullable()
  .describe('Sessions; null while no worker has told of the account’s budget');

const stands = { id: z.string(), status, reason: z.string() };

const gate = z.object({
  state: z
    .enum(['open', 'throttled', 'breaker', 'probing', 'paused'])
    .describe('probing: one attempt passes at a time'),
  reason: z.string(),
  since: timeOrNull,
  until: timeOrNull,
  by: z.string().describe('operator or worker; empty while it is open'),
  who: z.string().describe('The operator’s name, or the key’s; empty where none was given'),
});

/** How a conversation stands at one moment. */
export const conversation = z
  .object({
    from: z.string().describe('The account’s number'),
    to: z.string(),
    now: time.describe('When this was so, in epoch milliseconds by Redis’s clock'),
    words: z.array(z.string()).readonly().describe('The same for people, a sentence each'),
    window: z.object({
      state: z.enum(['open', 'closed', 'unknown']),
      closesAt: timeOrNull,
      lastInboundAt: timeOrNull,
    }),
    session: z.object({
      state: z.enum(['open', 'none', 'not_billed']),
      openedAt: timeOrNull,
      endsAt: timeOrNull,
    }),
    cost: z
      .object({
        sessions: z.int().describe('Sessions that a send would open now: 0 or 1'),
        held: z.boolean().describe('It would be held: a budget is used up'),
        day: budget,
        month: budget,
      })
      .describe('What a send would cost now'),
    lane: z.object({
      deliveries: z.array(z.object(stands)).readonly().describe('Those that come first, at most 20'),
      count: z.int(),
      flight: z
        .object({ ...stands, until: timeOrNull.describe('Of an unknown one: until when the others wait') })
        .nullable(),
    }),
    limits: z.object({
      pairAt: timeOrNull.describe('When the limit on messages to one recipient lets the next one go'),
      restsUntil: timeOrNull.describe('Until when nothing of the account is sent, by its pace or its gate'),
    }),
    account: z.object({
      name: z.string(),
      removedAt: timeOrNull.describe('When it was removed from the workers’ settings'),
      workers: z.int().describe('Workers that serve the account'),
      due: z.int().describe('Jobs that a worker may fetch now'),
      queuePaused: z.boolean(),
      gate,
    }),
  })
  .meta({ id: 'Conversation' });
