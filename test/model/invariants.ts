import { foldSessions } from '../../src/domain/session.js';
import { isEnded, isStatus, mayMove, type Status, UNSENT } from '../../src/domain/status.js';
import { SECOND } from '../../src/domain/time.js';
import { linesOf } from '../../src/redis/timeline.js';
import { CONNECT_TIMEOUT_MS, GUARD_MS } from '../../src/worker/send.js';
import { remember } from './remember.js';
import { TIMEOUTS } from './work.js';
import { FROM, FROM_ID, NUMBERS, PER_DAY, PER_SECOND, PREFIX, type World } from './world.js';

/** That of every delivery here: by the worker's own reckoning. */
const HORIZON_MS = GUARD_MS + CONNECT_TIMEOUT_MS + TIMEOUTS.sendMs + TIMEOUTS.lockMs + 5 * SECOND;
/** How far ahead the pace is booked. */
const AHEAD_MS = 250;
const NAMES = [...NUMBERS, FROM_ID];

type Snapshot = Awaited<ReturnType<typeof look>>;

async function look(world: World) {
  await remember(world);
  const { redis, keys, planned } = world;
  const ids = [...planned.keys()];
  const { fixed } = keys;
  const [records, lanes, held, doubts] = await Promise.all([
    Promise.all(ids.map((id) => redis.hgetall(keys.record(id)))),
    Promise.all(NAMES.map((name) => redis.zrange(keys.lane(name), '0', '-1'))),
    Promise.all(NAMES.map((name) => redis.zrange(keys.held(name), '0', '-1'))),
    Promise.all(NAMES.map((name) => redis.smembers(keys.doubts(name)))),
  ]);
  const [wake, unknowns, budgetHeld, holds, wait, prioritized, active, delayed, rows] = await Promise.all([
    redis.zrange(fixed.wake, '0', '-1'),
    redis.zrange(fixed.unknowns, '0', '-1'),
    redis.zrange(fixed.budgetHeld, '0', '-1'),
    redis.hgetall(fixed.holds),
    redis.lrange(fixed.bullWait, 0, -1),
    redis.zrange(fixed.bullPrioritized, '0', '-1'),
    redis.lrange(fixed.bullActive, 0, -1),
    redis.zrange(fixed.bullDelayed, '0', '-1'),
    redis.hgetall(fixed.ledgerRows),
  ]);
  const known = ids
    .map((id, index) => ({ id, record: records[index] ?? {} }))
    .filter((each) => each.record.status);
  return {
    known,
    lanes,
    held,
    doubts,
    wake,
    unknowns,
    budgetHeld,
    holds,
    jobs: [...wait, ...prioritized, ...active, ...delayed],
    rows,
  };
}

/** What must hold at every moment; each line says what is broken. */
export async function brokenNow(world: World): Promise<readonly string[]> {
  const seen = await look(world);
  return [
    ...world.broken,
    ...world.actors.flatMap((actor) =>
      actor.failure() === undefined ? [] : [`${actor.name}: ${actor.failure()}`],
    ),
    ...seen.known.flatMap(({ id, record }) => brokenRecord(world, id, record)),
    ...brokenLanes(world, seen),
    ...brokenCounts(seen),
    ...brokenPace(seen),
    ...(await brokenBudget(world, seen)),
  ];
}

type Fields = Readonly<Record<string, string>>;

function brokenRecord({ provider }: World, id: string, record: Fields): readonly string[] {
  const moves = movesOf(record);
  const backward = moves.filter((to, index) => !mayMove(moves[index - 1] ?? to, to) && index > 0);
  const taken = provider.taken().filter((message) => message.id === id);
  const invented = record.acceptedAt !== undefined && taken[0]?.unique !== record.unique;
  const denied = taken.length > 0 && record.status === 'failed' && record.acceptedAt === undefined;
  return [
    ...backward.map((to) => `${id} went backwards to ${to}: ${moves.join(' ')}`),
    ...(invented ? [`${id} counts as accepted by a message that is not its own`] : []),
    ...(denied ? [`${id} counts as failed, but was taken`] : []),
  ];
}

const timelineOf = (fields: Fields) => linesOf(fields).join('\n');

function movesOf(fields: Fields): readonly Status[] {
  return [...timelineOf(fields).matchAll(/^status\t\d+\t(\w+)/gm)].map(([, to]) => to).filter(isStatus);
}

/** One in flight per conversation; and every delivery that has not ended is in a queue, or will be looked at. */
function brokenLanes(
  { planned, aliasKnownAt, removed }: World,
  { known, wake, jobs }: Snapshot,
): readonly string[] {
  const flying = known.filter(({ record }) => record.status === 'sending');
  const owner = (id: string) => nameOf(planned.get(id)?.to ?? '', aliasKnownAt());
  const before = ({ record }: (typeof flying)[number]) => Number(record.startedAt) <= aliasKnownAt();
  const crowded = flying.filter(({ id }) =>
    flying.some(
      (other) =>
        other.id !== id && owner(other.id) === owner(id) && !(aliasKnownAt() < 1e15 && before(other)),
    ),
  );
  const forgotten = known.filter(({ id, record: { status, reason } }) => {
    const open = isStatus(status) && !isEnded(status) && reason !== 'unresolved';
    // One whose job was removed is found by the sweeper's walks.
    return open && !wake.includes(id) && !jobs.includes(`d-${id}`) && !removed.has(id);
  });
  return [
    ...crowded.map(({ id }) => `${id} is in flight beside another of its conversation`),
    ...forgotten.map(({ id }) => `${id} is forgotten: no job, and nobody will look`),
  ];
}

/** Before both names are known to be one client, they are two conversations. */
function nameOf(to: string, aliasKnownAt: number): string {
  return to === FROM_ID && aliasKnownAt < 1e15 ? NUMBERS[1] : to;
}

function brokenCounts({ known, held, doubts, unknowns, holds, jobs }: Snapshot): readonly string[] {
  const open = known
    .filter(({ record }) => record.status === 'unknown' && record.reason !== 'unresolved')
    .map(({ id }) => id);
  return [
    ...differ('held by the window', [Number(holds.window ?? 0)], [held.flat().length]),
    ...differ('unknown', unknowns, open),
    ...differ('in doubt', doubts.flat(), open),
    ...differ('jobs', jobs, [...new Set(jobs)]),
  ];
}

function differ(what: string, found: readonly unknown[], wanted: readonly unknown[]): readonly string[] {
  const [one, other] = [[...found].sort(), [...wanted].sort()];
  return JSON.stringify(one) === JSON.stringify(other) ? [] : [`${what}: ${one} instead of ${other}`];
}

/** However many attempts begin: never faster than the account's pace, and what may be booked ahead of it. */
function brokenPace({ known }: Snapshot): readonly string[] {
  const begun = known
    .flatMap(({ record }) => flightsOf(record))
    .map(({ from }) => from)
    .sort((one, other) => one - other);
  return begun.flatMap((first, index) =>
    begun.slice(index + 1).flatMap((at, more) => {
      const most = ((at - first + AHEAD_MS) * PER_SECOND) / 1000;
      return more + 1 > most ? [`${more + 2} attempts within ${at - first} ms`] : [];
    }),
  );
}

/** A budget's count is what was opened from it and what is reserved. */
async function brokenBudget(world: World, { known }: Snapshot): Promise<readonly string[]> {
  const { redis, keys, reservations } = world;
  const used = new Map<string, number>();
  for (const { id, record } of known) {
    if (record.reserved === undefined && record.sessionOpenedAt === undefined) continue;
    for (const name of (reservations.get(id) ?? 'none').split(' ')) used.set(name, (used.get(name) ?? 0) + 1);
  }
  const broken: string[] = [];
  for (const [name, count] of used) {
    const kept = Number(await redis.get(`${keys.fixed.budgetPrefix}${name}`));
    if (kept !== count) broken.push(`budget ${name}: ${kept} instead of ${count}`);
    const limit = world.account().budget.perDay;
    if (limit !== null && name.length === 10 && kept > PER_DAY)
      broken.push(`budget ${name} is exceeded: ${kept}`);
  }
  return broken;
}

/** Everybody has written, nothing is in the way: what is due has gone. One with strict order may wait before it. */
export async function brokenWhenCalm(world: World): Promise<readonly string[]> {
  const { known, lanes } = await look(world);
  const early = known.filter(({ record: { sendAt, notBefore } }) => {
    return Number(sendAt) > world.now() || Number(notBefore ?? 0) > world.now();
  });
  const behind = lanes.filter((lane) => early.some(({ id }) => lane.includes(id))).flat();
  const excused = new Set([...early.map(({ id }) => id), ...behind]);
  return known
    .filter(({ id, record }) => UNSENT_OR_SENDING.includes(record.status ?? '') && !excused.has(id))
    .map(({ id, record }) => `${id} is due and does not go: ${record.status} ${record.reason}`);
}

const UNSENT_OR_SENDING: readonly string[] = [...UNSENT, 'sending'];

/** Every delivery has ended, and nothing is left of what it took to get there. */
export async function brokenAtTheEnd(world: World): Promise<readonly string[]> {
  const seen = await look(world);
  const names = await world.redis.keys('*');
  const open = seen.known.filter(({ record: { status, reason } }) => {
    return !isStatus(status) || (status === 'unknown' ? reason !== 'unresolved' : !isEnded(status));
  });
  const reserved = seen.known.filter(
    ({ record }) => record.reserved !== undefined && record.status !== 'unknown',
  );
  return [
    ...open.map(({ id, record }) => `${id} has not ended: ${record.status} ${record.reason}`),
    ...reserved.map(({ id }) => `${id} keeps what it reserved`),
    ...differ('lanes', seen.lanes.flat(), []),
    ...differ('held', seen.held.flat(), []),
    ...differ('wake entries', seen.wake, []),
    ...differ('waiting for the budget', seen.budgetHeld, []),
    ...differ('jobs', seen.jobs, []),
    ...differ(
      'keys outside the slot',
      names.filter((name) => !name.includes(`{${FROM}}`) || !name.startsWith(PREFIX)),
      [],
    ),
    ...brokenOrder(world, seen),
    ...brokenHorizons(world, seen),
    ...brokenLedger(world, seen),
  ];
}

/** Deliveries that nothing held up are taken in the order in which they joined their conversation. */
function brokenOrder({ planned, provider, joined }: World, { known }: Snapshot): readonly string[] {
  const plain = new Set(
    known
      .filter(({ record }) => !movesOf(record).some((to) => to === 'held' || to === 'unknown'))
      .map(({ id }) => id),
  );
  return NUMBERS.filter((number) => number !== NUMBERS[1]).flatMap((number) => {
    const sent = provider.taken().filter(({ id }) => plain.has(id) && planned.get(id)?.to === number);
    const order = sent.map(({ id }) => joined.get(id) ?? 0);
    return differ(`order of ${number}`, [order.join(' ')], [[...order].sort((a, b) => a - b).join(' ')]);
  });
}

/** Nothing is sent beside an attempt whose outcome is unknown and whose sender may still be sending. */
function brokenHorizons({ planned }: World, { known }: Snapshot): readonly string[] {
  const flights = known.map(({ id, record }) => ({
    id,
    to: planned.get(id)?.to,
    flights: flightsOf(record),
  }));
  return flights
    .filter(({ to }) => to === NUMBERS[0] || to === NUMBERS[2])
    .flatMap(({ id, to, flights: own }) => {
      const others = flights
        .filter((other) => other.to === to && other.id !== id)
        .flatMap((other) => other.flights);
      const beside = own.filter(({ from }) =>
        others.some((other) => other.from < from && from < other.until),
      );
      return beside.map(({ from }) => `${id} was sent at ${from} beside another of its conversation`);
    });
}

/** From each attempt's beginning to its outcome, or to its horizon while that is unknown. */
function flightsOf(fields: Fields): readonly { readonly from: number; readonly until: number }[] {
  const moves = [...timelineOf(fields).matchAll(/^status\t(\d+)\t(\w+)/gm)].map(([, at, to]) => ({
    at: Number(at),
    to,
  }));
  return moves.flatMap(({ at: from, to }, index) => {
    if (to !== 'sending') return [];
    const end = moves.slice(index + 1).find((move) => move.to !== 'unknown')?.at ?? Number.POSITIVE_INFINITY;
    return [{ from, until: Math.min(end, from + HORIZON_MS) }];
  });
}

/** Each session once, as the domain counts them; of a client with two names, each message once. */
function brokenLedger({ planned }: World, { known, rows }: Snapshot): readonly string[] {
  const accepted = known.filter(({ record }) => record.acceptedAt !== undefined);
  const counted = Object.values(rows).reduce((sum, row) => sum + Number(row.split(' ')[0]), 0);
  const single = [NUMBERS[0], NUMBERS[2]].flatMap((number) => {
    const times = accepted
      .filter(({ id }) => planned.get(id)?.to === number)
      .map(({ record }) => Number(record.acceptedAt));
    const found = Object.entries(rows)
      .filter(([name]) => name.startsWith(`${number}@`))
      .map(([name, row]) => `${name.split('@')[1]} ${row.split(' ')[0]}`);
    const wanted = foldSessions(times).map(({ openedAt, messages }) => `${openedAt} ${messages}`);
    return differ(`sessions of ${number}`, found, wanted);
  });
  return [...differ('messages in the ledger', [counted], [accepted.length]), ...single];
}
