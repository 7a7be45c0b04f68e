import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type Account,
  BILLING_MODELS,
  CLOSED_WINDOW_POLICIES,
  REASON_OUTCOMES,
  UNKNOWN_POLICIES,
} from '../domain/account.js';
import { isCountry } from '../domain/phone-number.js';
import type { PublishedAccount } from '../domain/published-account.js';
import type { Redis } from './connection.js';
import { accountsKey } from './keys.js';
import { parseJson } from './parse-json.js';
import { readReply } from './reply.js';
import { createScriptRunner } from './script.js';

/** The field beside the accounts' own: counts their changes. */
const VERSION = 'version';

const publishedSchema = z.object({
  from: z.string(),
  name: z.string(),
  onClosedWindow: z.enum(CLOSED_WINDOW_POLICIES).catch('hold'),
  template: z
    .object({ name: z.string(), language: z.number().int().exactOptional(), variables: z.array(z.string()) })
    .nullable()
    .catch(null),
  billing: z.enum(BILLING_MODELS).catch('session'),
  ratePerSecond: z.number().exactOptional(),
  pairBurst: z.number().exactOptional(),
  pairIntervalMs: z.number().exactOptional(),
  budget: z
    .object({ perDay: z.number().nullable(), perMonth: z.number().nullable(), timeZone: z.string() })
    .exactOptional(),
  onUnknown: z.enum(UNKNOWN_POLICIES).exactOptional(),
  askHistory: z.boolean().exactOptional(),
  preflight: z.boolean().exactOptional(),
  reasons: z.record(z.string(), z.enum(REASON_OUTCOMES)).exactOptional(),
  country: z.string().refine(isCountry).nullable().exactOptional(),
  version: z.object({ hash: z.string(), since: z.number(), superseded: z.array(z.string()) }).exactOptional(),
  removedAt: z.number().exactOptional(),
}) satisfies z.ZodType<PublishedAccount>;

/** An account as it is published, and the text that says so in Redis. */
export type PublishedRow = { readonly account: PublishedAccount; readonly text: string };

/** The accounts that workers have published, removed ones included; a row that cannot be read is left out. */
export async function listAccounts(redis: Redis, prefix: string): Promise<readonly PublishedRow[]> {
  return (await redis.hvals(accountsKey(prefix))).flatMap(readRow);
}

/** One of them, by its number. */
export async function readPublished(
  redis: Redis,
  prefix: string,
  from: string,
): Promise<PublishedRow | undefined> {
  const text = await redis.hget(accountsKey(prefix), from);
  return text === null ? undefined : readRow(text)[0];
}

function readRow(text: string): readonly PublishedRow[] {
  const parsed = publishedSchema.safeParse(parseJson(text));
  return parsed.success ? [{ account: parsed.data, text }] : [];
}

/** Another one whenever something that is published has changed. */
export async function readAccountsVersion(redis: Redis, prefix: string): Promise<string> {
  return (await redis.hget(accountsKey(prefix), VERSION)) ?? '';
}

/** Publishes an account in place of what was read; false when somebody else has changed that meanwhile. */
export async function publishAccount(
  redis: Redis,
  prefix: string,
  { before, after }: { readonly before: PublishedRow | undefined; readonly after: PublishedAccount },
): Promise<boolean> {
  // Parsed, so that nothing is told of an account but what is meant to be.
  const row = JSON.stringify(publishedSchema.parse(after));
  const keys = { accounts: accountsKey(prefix) };
  const args = { from: after.from, before: before?.text ?? '', after: row };
  return readReply(await createScriptRunner(redis)('publish', keys, args)).code === 'published';
}

/** Stands for all settings of an account, whatever order they are written in. */
export function accountHash(account: Account): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(account)))
    .digest('base64url')
    .slice(0, 16);
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]));
}
