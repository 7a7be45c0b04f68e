import { WaybillError } from '../errors.js';

/** Options or arguments that cannot be meant; told before anything is done. */
export class UsageError extends WaybillError {
  override readonly name = 'UsageError';

  constructor(message: string, options: ErrorOptions = {}) {
    super('USAGE', message, options);
  }
}
