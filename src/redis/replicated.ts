import type { Redis } from './connection.js';

/** How long replicas may take to have what was written. Below what an impatient connection waits for an answer. */
const WAIT_MS = 800;

type Values = readonly (string | number)[];

export type ReplicatedCall = {
  readonly sha: string;
  readonly text: string;
  readonly keys: Values;
  readonly args: Values;
};

type Pending = ReplicatedCall & {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** Calls of one slot: those that come while others wait for the replicas go together after them. */
type Line = { readonly next: Pending[]; running: boolean };

const wanted = new WeakMap<Redis, number>();
const lines = new WeakMap<Redis, Map<string, Line>>();

/** From now on, scripts that say so in their header are only answered on this connection when so many replicas have it. */
export function waitForReplicas(redis: Redis, replicas: number): void {
  if (replicas > 0) wanted.set(redis, replicas);
}

export function waitsForReplicas(redis: Redis): boolean {
  return wanted.has(redis);
}

/** Throws where too few replicas have it in time, though it may have been done. */
export function runReplicated(redis: Redis, call: ReplicatedCall): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const line = lineOf(redis, /\{[^}]*\}/.exec(String(call.keys[0]))?.[0] ?? '');
    line.next.push({ ...call, resolve, reject });
    if (!line.running) void runAll(redis, line);
  });
}

function lineOf(redis: Redis, tag: string): Line {
  const known = lines.get(redis) ?? new Map<string, Line>();
  lines.set(redis, known);
  const line = known.get(tag) ?? { next: [], running: false };
  known.set(tag, line);
  return line;
}

async function runAll(redis: Redis, line: Line): Promise<void> {
  line.running = true;
  while (line.next.length > 0) {
    const calls = line.next.splice(0);
    const unloaded = await runTogether(redis, calls, 'evalsha');
    if (unloaded.length > 0) await runTogether(redis, unloaded, 'eval');
  }
  line.running = false;
}

/** One WAIT for all of them, on the connection that wrote: for another it would mean nothing. Returns those not loaded. */
async function runTogether(
  redis: Redis,
  calls: readonly Pending[],
  how: 'evalsha' | 'eval',
): Promise<readonly Pending[]> {
  const replicas = wanted.get(redis) ?? 0;
  const pipeline = redis.pipeline();
  for (const { sha, text, keys, args } of calls) {
    pipeline[how](how === 'eval' ? text : sha, keys.length, ...keys, ...args);
  }
  const answers = await pipeline
    .wait(replicas, WAIT_MS)
    .exec()
    .catch(() => null);
  const [lost, had] = answers?.at(-1) ?? [null, 0];
  const late =
    lost ?? (Number(had) < replicas ? new Error(`NOREPLICAS ${had} of ${replicas} have it`) : null);
  return calls.filter((call, index) => {
    const [error, reply] = answers?.[index] ?? [new Error('Connection is closed.'), null];
    if (error?.message.startsWith('NOSCRIPT') && how === 'evalsha') return true;
    const failure = error ?? late;
    if (failure === null) call.resolve(reply);
    else call.reject(failure);
    return false;
  });
}
