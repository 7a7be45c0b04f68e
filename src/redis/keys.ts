/**
 * Every key name. All of an account's keys share the hash tag `{<from>}`, BullMQ's queue included, so that one
 * script can move them together and a cluster spreads accounts.
 */
export type AccountKeys = ReturnType<typeof buildAccountKeys>;

const known = new Map<string, AccountKeys>();

export function accountKeys(prefix: string, from: string): AccountKeys {
  const base = `${prefix}:{${from}}:`;
  const built = known.get(base);
  if (built !== undefined) return built;
  const keys = buildAccountKeys(base, `${prefix}:queue:{${from}}:`);
  known.set(base, keys);
  return keys;
}

function buildAccountKeys(ours: string, queue: string) {
  return {
    /** Hash, the delivery's truth. */
    record: (id: string) => `${ours}d:${id}`,
    /** String, what is remembered of an id once its record has gone. */
    tomb: (id: string) => `${ours}id:${id}`,
    /** Hash: window, session, pair limit and the delivery in flight of a conversation. */
    conv: (recipient: string) => `${ours}c:${recipient}`,
    /** Sorted set: the conversation's due deliveries, by the order in which they became due. */
    lane: (recipient: string) => `${ours}lane:${recipient}`,
    /** Sorted set: those of the lane that are held by the window and let others pass; same scores. */
    held: (recipient: string) => `${ours}held:${recipient}`,
    /** Sorted set: the conversation's accepted deliveries by accept time, of its last sessions. */
    accepts: (recipient: string) => `${ours}accepts:${recipient}`,
    /** Set: the conversation's deliveries whose outcome is unknown. */
    doubts: (recipient: string) => `${ours}doubts:${recipient}`,
    /** Sorted set: the recipient's deliveries by creation; a `from_id`'s move with its conversation. */
    recipientDeliveries: (recipient: string) => `${ours}to:${recipient}`,
    /** String: the number behind a `from_id`. */
    alias: (fromId: string) => `${ours}alias:${fromId}`,
    /** String: the delivery that a message's `unique` belongs to. */
    unique: (unique: string) => `${ours}u:${unique}`,
    /** Hash: receipts for a `unique` that no delivery owns yet. */
    orphan: (unique: string) => `${ours}orphan:${unique}`,
    /** String: a callback that has been applied. */
    seen: (callback: string) => `${ours}seen:${callback}`,
    /** Hash: BullMQ's job. */
    job: (id: string) => `${queue}${id}`,
    fixed: fixedKeys(ours, queue),
  };
}

/** Keys that an account has once, by the names in the scripts' headers. */
function fixedKeys(ours: string, queue: string) {
  return {
    /** What the record of a delivery found by a script begins with. */
    recordPrefix: `${ours}d:`,
    /** Sorted set: every delivery by creation, as its id and its recipient. */
    deliveries: `${ours}deliveries`,
    /** Sorted sets by status: those of its deliveries by creation. Only for statuses off the happy path. */
    statusPrefix: `${ours}status:`,
    /** What `recipientDeliveries` and `alias` begin with. */
    recipientPrefix: `${ours}to:`,
    aliasPrefix: `${ours}alias:`,
    /** Sorted set: the orphans by age, to bound them. */
    orphans: `${ours}orphans`,
    /** Sorted set: when the sweeper must look at a delivery. */
    wake: `${ours}wake`,
    /** Hash: how many deliveries are held, by reason. */
    holds: `${ours}holds`,
    /** Sorted set: deliveries whose outcome is unknown, by the attempt's start. */
    unknowns: `${ours}unknowns`,
    /** Sessions taken out of the budget of a day or month: this and its name. */
    budgetPrefix: `${ours}budget:`,
    /** Sorted set: deliveries that wait for the budget, by when they began to. */
    budgetHeld: `${ours}budget-held`,
    /** Counter: the order in which deliveries join their lanes. */
    order: `${ours}order`,
    /** String: the account's pace (GCRA), when the next message may go. */
    pace: `${ours}pace`,
    /** Hash: open, closed until a time, or paused; the breaker; what retries may cost. */
    gate: `${ours}gate`,
    /** Sorted set: the workers that serve the account, by when they are forgotten. */
    workers: `${ours}workers`,
    /** Stream: what became of deliveries. */
    events: `${ours}events`,
    /** Hash: up to where in that stream each endpoint has been told. */
    pushed: `${ours}pushed`,
    /** Sorted set of sessions by opening time, and a hash of their rows. */
    ledger: `${ours}ledger`,
    ledgerRows: `${ours}ledger:rows`,
    /** Sorted set of sent messages that no delivery owns, by when we heard of them, and a hash of their recipients. */
    others: `${ours}others`,
    othersTo: `${ours}others:to`,
    /** Hash: the job of high priority that was last put into the queue, and how many there have been in a row. */
    highs: `${ours}highs`,
    /** Sorted set: jobs of high priority or unknown outcome, by when BullMQ's timer brings them. */
    toFront: `${ours}to-front`,
    ...bullKeys(queue),
  };
}

/** BullMQ's own keys of the account's queue. */
function bullKeys(queue: string) {
  return {
    bullDelayed: `${queue}delayed`,
    bullWait: `${queue}wait`,
    bullPrioritized: `${queue}prioritized`,
    bullPriorities: `${queue}pc`,
    bullMarker: `${queue}marker`,
    bullMeta: `${queue}meta`,
    bullLimiter: `${queue}limiter`,
    bullActive: `${queue}active`,
    bullEvents: `${queue}events`,
    /** Counter: the ids that BullMQ gives to jobs that bring none. */
    bullIds: `${queue}id`,
    /** What the hash of a job found by a script begins with. */
    bullJobPrefix: queue,
  };
}

/** Hash: what BullMQ keeps of a queue as such. */
export function queueMetaKey(prefix: string, name: string): string {
  return `${prefix}:queue:{${name}}:meta`;
}

/** Hash: the accounts that workers have published, by number. */
export function accountsKey(prefix: string): string {
  return `${prefix}:accounts`;
}

/** Hash: what the provider last said of each account's webhook, by number. */
export function webhookChecksKey(prefix: string): string {
  return `${prefix}:webhook-checks`;
}

/** Callbacks that could not be applied, bounded: a sorted set by when they came, and a hash of their texts. */
export function quarantineKeys(prefix: string) {
  return { quarantine: `${prefix}:{quarantine}:at`, quarantineRows: `${prefix}:{quarantine}:rows` };
}

/** Stream: the events that an endpoint did not take, bounded. */
export function deadEventsKey(prefix: string, endpoint: string): string {
  return `${prefix}:dead-events:${endpoint}`;
}

/** String: which process holds a role that only one may have. */
export function leaseKey(prefix: string, role: string): string {
  return `${prefix}:lease:${role}`;
}
