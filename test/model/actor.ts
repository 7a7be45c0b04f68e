import { setImmediate as allElse } from 'node:timers/promises';

/** How a step goes: `twice` where the command is sent again, `lost` where its answer never comes, but an error does. */
export type How = 'once' | 'twice' | 'lost';

type Parked = (how: How) => Promise<void>;

class AnswerLost extends Error {}

export type Actor = ReturnType<typeof createActor>;

/** A process of the model: it stops before everything it does, until the schedule lets it do that, or kills it. */
export function createActor(name: string) {
  let parked: Parked[] = [];
  let running = 0;
  let dead = false;
  let failure: unknown;

  /** Resolves when the schedule has let the work be done; never, once the process is dead. */
  function gate<T>(work: () => Promise<T>, { mayLose = false } = {}): Promise<T> {
    if (dead) return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      parked.push(async (how) => {
        try {
          let result = await work();
          if (how === 'twice') result = await work();
          if (how === 'lost' && mayLose) throw new AnswerLost('the connection is closed');
          resolve(result);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  return {
    name,
    gate,
    busy: () => !dead && running > 0,
    failure: () => failure,

    /** The same object, but each call of its methods is a step of this process. */
    gated<T extends object>(target: T): T {
      return new Proxy(target, {
        get(of, key) {
          const value: unknown = Reflect.get(of, key);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => gate(async () => value.apply(of, args), { mayLose: true });
        },
      });
    },

    async start(task: () => Promise<void>): Promise<void> {
      running += 1;
      task()
        .catch((error: unknown) => {
          // Told to whoever asked, or logged: nobody relies on it.
          if (!(error instanceof AnswerLost)) failure ??= error;
        })
        .finally(() => {
          running -= 1;
        });
      await allElse();
    },

    /** Lets it do what it stands before. */
    async step(how: How = 'once'): Promise<void> {
      const next = parked.shift();
      if (next !== undefined) await next(how);
      // All that waits for something else than the schedule has gone on by then.
      await allElse();
    },

    /** `kill -9`; `commandSent`: what it stands before still reaches Redis. */
    async crash({ commandSent }: { readonly commandSent: boolean }): Promise<void> {
      const [last] = parked;
      dead = true;
      parked = [];
      if (commandSent) await last?.('once');
      await allElse();
    },
  };
}
