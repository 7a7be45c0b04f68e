import { type OperationDone, type Signature, signed, type Verb } from '../domain/operation.js';
import type { Operator, OrError } from '../producer/operate.js';
import type { Resent } from '../producer/resend.js';
import type { Gatekeeper } from './gatekeeper.js';

/** Told of everything that is done by hand. */
export type OnOperation = (event: OperationDone) => void;

export type Operations = Operator & Pick<Gatekeeper, 'pause' | 'resume'>;

type Deps = {
  /** The account's name; logs do not show its number. */
  readonly nameOf: (from: string) => Promise<string>;
  readonly onOperation: OnOperation;
};

type Subject = {
  readonly from: string;
  readonly id?: string;
  readonly recipient?: string;
};

/** The same verbs; what was done is told with who did it, from where and why. What was refused was not done. */
export function recordOperations(operations: Operations, deps: Deps): Operations {
  const { record, recordResend } = createRecorder(deps);
  return {
    ...operations,
    cancel: async (id, asking = {}) =>
      after(await operations.cancel(id, asking), (done) => record('cancel', done, asking)),
    amend: async (id, changes, asking = {}) =>
      after(await operations.amend(id, changes, asking), (done) => record('amend', done, asking)),
    resend: async (id, options, asking = {}) =>
      after(await operations.resend(id, options, asking), (done) => recordResend(done, asking)),
    resolve: async (id, said, narrow) =>
      after(await operations.resolve(id, said, narrow), (done) => record('resolve', done, said)),
    cancelAll: async (rows, said = {}) =>
      afterAll(await operations.cancelAll(rows, said), (done) => record('cancel', done, said)),
    resendAll: async (refs, said) =>
      afterAll(await operations.resendAll(refs, said), (done) => recordResend(done, said)),
    resolveAll: async (refs, said) =>
      afterAll(await operations.resolveAll(refs, said), (done) => record('resolve', done, said)),
    erase: async (from, to, said = {}) =>
      after(await operations.erase(from, to, said), () => record('erase', { from, recipient: to }, said)),
    pause: async (from, said) =>
      after(await operations.pause(from, said), () => record('pause', { from }, said)),
    resume: async (from, said) =>
      after(await operations.resume(from, said), () => record('resume', { from }, said)),
  };
}

function createRecorder({ nameOf, onOperation }: Deps) {
  async function record(verb: Verb, { from, id, recipient }: Subject, said: Signature): Promise<void> {
    // What was done is done: that Redis has just gone must not turn the answer into a refusal.
    const account = await nameOf(from).catch(() => null);
    onOperation({
      verb,
      account,
      ...(id === undefined ? {} : { deliveryId: id }),
      ...(recipient === undefined ? {} : { recipient }),
      ...signed(said),
      ...(said.address === undefined ? {} : { address: said.address }),
    });
  }

  /** Of the delivery that failed; a new one that was there before was made by somebody else. */
  async function recordResend({ from, resendOf, duplicate }: Resent, said: Signature): Promise<void> {
    if (!duplicate) await record('resend', { from, id: resendOf }, said);
  }

  return { record, recordResend };
}

async function after<Result>(result: Result, tell: (result: Result) => Promise<void>): Promise<Result> {
  await tell(result);
  return result;
}

async function afterAll<Result extends object>(
  results: readonly OrError<Result>[],
  tell: (result: Result) => Promise<void>,
): Promise<readonly OrError<Result>[]> {
  for (const result of results) if (!('error' in result)) await tell(result);
  return results;
}
