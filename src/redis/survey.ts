import { z } from 'zod';
import type { AccountFacts, DeliveryFacts, Facts } from '../domain/explain/facts.js';
import type { Sealer } from '../domain/seal.js';
import { isStatus } from '../domain/status.js';
import type { Redis } from './connection.js';
import { conversationKeys, onConversation } from './conversation.js';
import { type DeliveryView, viewOf } from './delivery-view.js';
import { accountKeys } from './keys.js';
import { createScriptRunner } from './script.js';

/** So many of those ahead in a lane are named. */
const MOST_NAMED = 20;

export type SurveyAsked = {
  readonly from: string;
  readonly to: string;
  /** Null: the conversation alone. */
  readonly id: string | null;
  /** By their names: whose budgets are told. */
  readonly dayName: string;
  readonly monthName: string;
};

/** What Redis knows of a conversation, its account and one of its deliveries, all of it at one moment. */
export type Survey = Omit<Facts, 'account'> & {
  readonly view: DeliveryView | null;
  readonly budget: { readonly day: number; readonly month: number } & Pick<AccountFacts, 'budgetQueue'>;
};

export async function survey(
  redis: Redis,
  prefix: string,
  asked: SurveyAsked & { readonly sealer: Sealer },
): Promise<Survey> {
  const { from, to, dayName, monthName, sealer } = asked;
  const keys = accountKeys(prefix, from);
  const runScript = createScriptRunner(redis);
  const id = asked.id ?? '';
  const answer = await onConversation(redis, { keys, to }, async (recipient) => {
    const named = { ...keys.fixed, ...conversationKeys(keys, to, recipient), record: keys.record(id) };
    const args = { id, to, recipient, dayName, monthName, most: MOST_NAMED };
    const raw = await runScript('survey', named, args);
    return Array.isArray(raw) && raw[0] === 'moved' ? { code: 'moved' } : { code: 'surveyed', raw };
  });
  return readSurvey('raw' in answer ? answer.raw : null, { from, id, sealer });
}

const text = z.coerce.string();
const number = z.coerce.number();
const numberOrNull = z.union([z.literal('').transform(() => null), number]);
/** Fields and values in turn, as HGETALL gives them to a script. */
const hash = z.array(text).transform((flat) => {
  const pairs = flat.flatMap((field, at): [string, string][] =>
    at % 2 === 0 ? [[field, flat[at + 1] ?? '']] : [],
  );
  const fields: Readonly<Record<string, string>> = Object.fromEntries(pairs);
  return fields;
});
/** Place or time, then the delivery and how it stands; one whose record has gone is passed over. */
const entry = z.tuple([numberOrNull, text, text, text]).transform(([at, id, status, reason]) => ({
  at,
  id,
  status: isStatus(status) ? status : null,
  reason,
}));
const entries = z
  .array(entry)
  .transform((found) =>
    found.flatMap(({ status, ...rest }) => (status === null ? [] : [{ ...rest, status }])),
  );

const reply = z.tuple([
  z.literal('surveyed'),
  number,
  hash,
  text,
  hash,
  hash,
  z.tuple([entries, number, z.union([z.tuple([]), entry]), numberOrNull]),
  z.tuple([number, number, number, number, number, number, number]),
]);

type Ref = { readonly from: string; readonly id: string; readonly sealer: Sealer };

function readSurvey(raw: unknown, ref: Ref): Survey {
  const [, now, record, job, conversation, gate, lane, account] = reply.parse(raw);
  const [ahead, aheadCount, flight, rank] = lane;
  const [day, month, budgetQueue, workers, due, paused, restsMs] = account;
  const isPaused = gate.state === 'paused';
  const view = viewOf({ ...ref, record, conversation, ahead: rank, job: job === '' ? null : job, isPaused });
  return {
    now,
    view,
    delivery: view === null ? null : { ...view, ...attemptFacts(record) },
    window: {
      closesAt: fieldOrNull(conversation.closesAt),
      lastInboundAt: fieldOrNull(conversation.lastInboundAt),
    },
    session: { openedAt: fieldOrNull(conversation.sessionAt) },
    pairTat: fieldOrNull(conversation.pairTat),
    lane: { deliveries: inOrder(ahead), count: aheadCount, flight: readFlight(flight) },
    budget: { day, month, budgetQueue },
    gate: readGateFacts(gate),
    queue: { workers, due, paused: paused === 1, restsUntil: restsMs > 0 ? now + restsMs : null },
  };
}

type Entry = z.output<typeof entries>[number];

function inOrder(found: readonly Entry[]) {
  return [...found]
    .sort((one, other) => (one.at ?? 0) - (other.at ?? 0))
    .slice(0, MOST_NAMED)
    .map(({ id, status, reason }) => ({ id, status, reason }));
}

function readFlight(flight: readonly [] | z.output<typeof entry>): Facts['lane']['flight'] {
  if (!('id' in flight) || flight.status === null) return null;
  const { id, status, reason, at } = flight;
  return { id, status, reason, until: at };
}

/** What a view has of an unknown outcome only, an attempt under way has as well. */
function attemptFacts(record: Readonly<Record<string, string>>) {
  const begun = record.status === 'sending' || record.status === 'unknown';
  return {
    startedAt: begun ? fieldOrNull(record.startedAt) : null,
    horizonAt: begun ? fieldOrNull(record.horizonAt) : null,
    reserved: record.reserved !== undefined,
  } satisfies Partial<DeliveryFacts>;
}

function readGateFacts(gate: Readonly<Record<string, string>>): Facts['gate'] {
  const { state, reason = '', by = '', who = '', source = '', since, until, trips } = gate;
  return {
    state: state === 'paused' || state === 'until' ? state : 'open',
    reason,
    by,
    who,
    source,
    since: fieldOrNull(since),
    until: fieldOrNull(until),
    trips: Number(trips ?? 0),
  };
}

function fieldOrNull(value: string | undefined): number | null {
  return value === undefined || value === '' ? null : Number(value);
}
