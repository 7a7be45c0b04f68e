import { z } from 'zod';
import { accountName, accountNumber, deliveryId, reason, recipient, status } from '../../delivery-schema.js';
import { textOrNull, time, timeOrNull } from '../../wire.js';

const budget = z
  .object({
    limit: z.int().nullable().describe('Null: there is none'),
    used: z.int().describe('Sessions opened or reserved'),
    left: z.int().nullable().describe('Null: there is no limit'),
    renewsAt: time.describe('When the period ends'),
  })
  .nullable()
  .describe('Sessions; null while no worker has told of the account’s budget');

const stands = { id: deliveryId, status, reason };

const gate = z.object({
  state: z
    .enum(['open', 'throttled', 'breaker', 'probing', 'paused'])
    .describe('probing: one attempt passes at a time'),
  reason: textOrNull.describe('Why it is not open; null while it is'),
  since: timeOrNull.describe('Since when'),
  until: timeOrNull.describe('Until when; null: until somebody opens it'),
  by: textOrNull.describe('operator or worker; null while it is open'),
  who: textOrNull.describe('The operator’s name, or the key’s; null where none was given'),
});

/** How a conversation stands at one moment. */
export const conversation = z
  .object({
    from: accountNumber,
    to: recipient,
    now: time.describe('When this was so, by Redis’s clock'),
    words: z.array(z.string()).readonly().describe('The same for people, a sentence each'),
    window: z
      .object({
        state: z.enum(['open', 'closed', 'unknown']).describe('unknown: nothing was heard of the client'),
        closesAt: timeOrNull.describe('When it closes, or closed'),
        lastInboundAt: timeOrNull.describe('When the client last wrote'),
      })
      .describe('The customer window'),
    session: z
      .object({
        state: z.enum(['open', 'none', 'not_billed']).describe('not_billed: the account pays no sessions'),
        openedAt: timeOrNull.describe('When it was opened'),
        endsAt: timeOrNull.describe('When it ends'),
      })
      .describe('The paid session'),
    cost: z
      .object({
        sessions: z.int().describe('Sessions that a send would open now: 0 or 1'),
        held: z.boolean().describe('It would be held: a budget is used up'),
        day: budget,
        month: budget,
      })
      .describe('What a send would cost now'),
    lane: z
      .object({
        deliveries: z.array(z.object(stands)).readonly().describe('Those that come first, at most 20'),
        count: z.int().describe('All of them'),
        flight: z
          .object({ ...stands, until: timeOrNull.describe('Of an unknown one: until when the others wait') })
          .nullable()
          .describe('The one that is being sent, or whose outcome is unknown'),
      })
      .describe('The due deliveries, in the order in which they go'),
    limits: z
      .object({
        pairAt: timeOrNull.describe('When the limit on messages to one recipient lets the next one go'),
        restsUntil: timeOrNull.describe('Until when nothing of the account is sent, by its pace or its gate'),
      })
      .describe('What a send would have to wait for; null: nothing'),
    account: z
      .object({
        name: accountName,
        removedAt: timeOrNull.describe('When it was removed from the workers’ settings'),
        workers: z.int().describe('Workers that serve the account'),
        due: z.int().describe('Jobs that a worker may fetch now'),
        queuePaused: z.boolean().describe('Workers fetch no jobs of its queue'),
        gate: gate.describe('Whether it may send'),
      })
      .describe('How the account is'),
  })
  .meta({ id: 'Conversation' });
