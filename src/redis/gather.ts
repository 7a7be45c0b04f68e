import { replyError } from './reply.js';

/** Keys and arguments in the order in which a script takes them. */
export type Values = readonly (string | number)[];
export type Call = { readonly keys: Values; readonly args: Values };

/** One of many: what it shares with the others of its account, and what it has of its own. */
export type One = { readonly name: string; readonly shared: Call; readonly own: Call };

type Waiting = {
  readonly own: Call;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
};
type Batch = { readonly name: string; readonly shared: Call; readonly waiting: Waiting[] };

/** A longer call would keep Redis from others for more than a few milliseconds. */
const MOST = 50;

/**
 * Runs what is asked for in one turn of the event loop in one call for each script and account, so that a busy worker
 * pays for a round trip once. What is asked for alone does not wait for anything.
 */
export function createGatherer(
  evaluate: (name: string, call: Call) => Promise<unknown>,
): (one: One) => Promise<unknown> {
  const open = new Map<string, Batch>();

  function runAll(): void {
    for (const batch of open.values()) void run(batch);
    open.clear();
  }

  /** Its answers come in the order of what was asked. */
  async function run({ name, shared, waiting }: Batch): Promise<void> {
    const keys = [...shared.keys, ...waiting.flatMap(({ own }) => own.keys)];
    const args = [...shared.args, ...waiting.flatMap(({ own }) => own.args)];
    try {
      const answers = await evaluate(name, { keys, args });
      for (const [index, one] of waiting.entries()) tell(one, Array.isArray(answers) ? answers[index] : null);
    } catch (error) {
      for (const one of waiting) one.reject(error);
    }
  }

  return ({ name, shared, own }) => {
    const place = `${name} ${shared.keys[0]}`;
    let batch = open.get(place);
    if (batch !== undefined && (batch.waiting.length === MOST || !isSame(batch.shared.args, shared.args))) {
      void run(batch);
      batch = undefined;
    }
    if (batch === undefined) {
      if (open.size === 0) setImmediate(runAll);
      batch = { name, shared, waiting: [] };
      open.set(place, batch);
    }
    const { waiting } = batch;
    return new Promise((resolve, reject) => waiting.push({ own, resolve, reject }));
  };
}

/** One that failed by itself has its error in place of an answer. */
function tell(one: Waiting, answer: unknown): void {
  if (Array.isArray(answer) && answer[0] === 'error') one.reject(replyError(String(answer[1])));
  else one.resolve(answer);
}

function isSame(some: Values, others: Values): boolean {
  return some.every((value, index) => value === others[index]);
}
