import { z } from 'zod';
import { HOUR } from '../domain/time.js';
import type { Redis } from './connection.js';
import { webhookChecksKey } from './keys.js';
import { parseJson } from './parse-json.js';

/** What the provider said of an account's webhook when it was last asked. */
export type WebhookCheck = {
  /** `unanswered`: nothing can be said. */
  readonly state: 'right' | 'wrong' | 'unanswered';
  /** What is wrong, in words. */
  readonly faults: readonly string[];
  /** Epoch milliseconds. */
  readonly checkedAt: number;
};

/** One is due each hour; what is older than this comes from a worker that is gone. */
const OLDEST_MS = 2 * HOUR;

const checkSchema = z.object({
  state: z.enum(['right', 'wrong', 'unanswered']),
  faults: z.array(z.string()),
  checkedAt: z.number(),
});

export async function writeWebhookCheck(
  redis: Redis,
  prefix: string,
  { from, check }: { readonly from: string; readonly check: WebhookCheck },
): Promise<void> {
  await redis.hset(webhookChecksKey(prefix), from, JSON.stringify(checkSchema.parse(check)));
}

/** The last check of each account, by its number. */
export async function readWebhookChecks(
  redis: Redis,
  prefix: string,
  now: number,
): Promise<ReadonlyMap<string, WebhookCheck>> {
  const rows = Object.entries(await redis.hgetall(webhookChecksKey(prefix)));
  const checks = rows.flatMap(([from, text]): [string, WebhookCheck][] => {
    const parsed = checkSchema.safeParse(parseJson(text));
    return parsed.success && now - parsed.data.checkedAt < OLDEST_MS ? [[from, parsed.data]] : [];
  });
  return new Map(checks);
}
