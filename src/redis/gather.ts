import { replyError } from './reply.js';

/** Keys and arguments in the order in which a script takes them. */
export type Values = readonly (string | number)[];
export type Call = { readonly keys: Values; readonly args: Values };

/** One of many: what it shares with the others of its account, told apart by identity, and what it has of its own. */
export type One = { readonly name: string; readonly shared: Call; readonly own: Call };

type Waiting = {
  readonly one: One;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** A longer call would keep Redis from others for more than a few milliseconds. */
const MOST = 25;

/** A turn of the event loop in which something happened takes longer. */
const IDLE_TURN_MS = 0.1;
const LONGEST_WAIT_MS = 1;

/**
 * Runs what is asked for in one call for each script and account: at once while no call is under way, else as soon as
 * the event loop has nothing else to do. The busier this process is, the more go together.
 */
export function createGatherer(
  evaluate: (name: string, call: Call) => Promise<unknown>,
): (one: One) => Promise<unknown> {
  /** By the keys that a script and an account share. */
  const lines = new Map<Values, Waiting[]>();
  let underWay = 0;

  async function runAll(keys: Values, line: Waiting[]): Promise<void> {
    await (underWay === 0 ? turn() : idleTurn(line));
    lines.delete(keys);
    while (line.length > 0) void run(line.splice(0, countAlike(line)));
  }

  /** Its answers come in the order of what was asked. */
  async function run(batch: readonly Waiting[]): Promise<void> {
    const ones = batch.map(({ one }) => one);
    underWay += 1;
    try {
      const answers = await callFor(ones);
      for (const [index, one] of batch.entries()) tell(one, Array.isArray(answers) ? answers[index] : null);
    } catch (error) {
      for (const one of batch) one.reject(error);
    } finally {
      underWay -= 1;
    }
  }

  async function callFor(ones: readonly One[]): Promise<unknown> {
    const [first] = ones;
    if (first === undefined) return [];
    const keys = first.shared.keys.concat(...ones.map(({ own }) => own.keys));
    const args = first.shared.args.concat(...ones.map(({ own }) => own.args));
    return evaluate(first.name, { keys, args });
  }

  function lineOf({ shared: { keys } }: One): Waiting[] {
    const known = lines.get(keys);
    if (known !== undefined) return known;
    const line: Waiting[] = [];
    lines.set(keys, line);
    void runAll(keys, line);
    return line;
  }

  return (one) => new Promise((resolve, reject) => lineOf(one).push({ one, resolve, reject }));
}

/** Resolves when all that one turn of the event loop asks for has been asked. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when nothing else happens in this process, when there are enough, or after a while. */
function idleTurn(line: readonly Waiting[]): Promise<void> {
  const since = performance.now();
  let turnAt = since;
  return new Promise((resolve) => {
    function look(): void {
      const [now, lastAt] = [performance.now(), turnAt];
      turnAt = now;
      const goes = now - lastAt < IDLE_TURN_MS || now - since > LONGEST_WAIT_MS || line.length >= MOST;
      if (goes) resolve();
      else setImmediate(look);
    }
    setImmediate(look);
  });
}

/** How many of the first ones may go together: what they share is sent once. */
function countAlike(line: readonly Waiting[]): number {
  const args = line[0]?.one.shared.args;
  const other = line.findIndex(({ one }) => one.shared.args !== args);
  return Math.min(MOST, other < 0 ? line.length : other);
}

/** One that failed by itself has its error in place of an answer. */
function tell({ resolve, reject }: Waiting, answer: unknown): void {
  if (Array.isArray(answer) && answer[0] === 'error') reject(replyError(String(answer[1])));
  else resolve(answer);
}
