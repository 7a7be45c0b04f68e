import { WaybillError } from '../errors.js';

/** Work that did not end in its time. It goes on; nobody waits for it any more. */
export class DeadlineError extends WaybillError {
  override readonly name = 'DeadlineError';
  readonly deadlineMs: number;

  constructor(deadlineMs: number) {
    super('DEADLINE', `No answer within ${deadlineMs} ms`);
    this.deadlineMs = deadlineMs;
  }
}

/**
 * The work's result, if it comes in time.
 * @throws DeadlineError after `deadlineMs`; whatever the work throws, before that
 */
export function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(deadlineMs)), deadlineMs);
    void work.then(resolve, reject).then(() => clearTimeout(timer));
  });
}
