import type { Remembered } from '../domain/blame.js';
import type { Redis } from './connection.js';
import { type AccountKeys, accountKeys } from './keys.js';
import { readTimeline } from './timeline.js';

/** A delivery that met an account error; `startedAt`: when the attempt began that did so last. Epoch milliseconds. */
export type Met = { readonly id: string; readonly reason: string; readonly startedAt: number };

/** Of a gate's fields, those that name deliveries that met an account error. */
const FIELD = 'met:';
/** How far back an acceptance is looked for. */
const EVENTS_READ = 500;

export function metOf(gate: Readonly<Record<string, string>>): readonly Met[] {
  return Object.entries(gate).flatMap(([field, value]) => {
    if (!field.startsWith(FIELD)) return [];
    const [reason = '', startedAt = '0'] = value.split(' ');
    return [{ id: field.slice(FIELD.length), reason, startedAt: Number(startedAt) }];
  });
}

/** What is remembered of account errors, for a delivery that has met one. */
export async function readRemembered(
  redis: Redis,
  prefix: string,
  { from, id }: { readonly from: string; readonly id: string },
): Promise<Remembered> {
  const keys = accountKeys(prefix, from);
  const [[met, metAt], gate, passedAt] = await Promise.all([
    redis.hmget(keys.record(id), 'met', 'metAt'),
    redis.hgetall(keys.fixed.gate),
    readLastPass(redis, keys),
  ]);
  const wellAt = gate.wellAt === undefined ? null : Number(gate.wellAt);
  const others = metOf(gate).filter((each) => each.id !== id && each.startedAt > (passedAt ?? 0));
  // What it met before the account was last at fault says nothing of the delivery.
  const counts = Number(metAt ?? 0) > Number(gate.illAt ?? 0);
  return {
    earlier: counts ? Number(met) : 0,
    firstAt: counts ? Number(metAt) : null,
    wellAt,
    passedAt,
    others: others.length,
    othersSinceWell: others.filter(({ startedAt }) => startedAt > (wellAt ?? 0)).length,
  };
}

/**
 * When the provider last took a delivery, as far as the last events tell; null: not lately. The stream of events is asked, so
 * that nothing need be written for it with each acceptance; its own ids tell the time by another clock than scripts in tests.
 */
export async function readLastPass(redis: Redis, keys: AccountKeys): Promise<number | null> {
  const entries = await redis.xrevrange(keys.fixed.events, '+', '-', 'COUNT', EVENTS_READ);
  for (const [, fields] of entries) {
    if (!isTaken(fields)) continue;
    const { attempts } = readTimeline(await redis.hgetall(keys.record(fieldOf(fields, 'delivery'))));
    const taken = attempts.find(({ outcome }) => outcome === 'accepted');
    if (taken !== undefined) return taken.at;
  }
  return null;
}

/** By the answer to its own attempt: what a history or a person tells of it later is no news of the provider. */
function isTaken(fields: readonly string[]): boolean {
  return fieldOf(fields, 'status') === 'accepted' && fieldOf(fields, 'reason') === 'ok';
}

/** Names and values in turn. */
function fieldOf(fields: readonly string[], name: string): string {
  return fields[fields.findIndex((field, at) => at % 2 === 0 && field === name) + 1] ?? '';
}
