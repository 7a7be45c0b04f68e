/**
 * What Waybill throws. `code` is stable and meant for programs; fields carry the data; a message never
 * holds a secret, a full phone number or a link's query.
 */
export class WaybillError extends Error {
  /** The class's name. */
  override readonly name: string = 'WaybillError';
  /** Stable, for programs: `VALIDATION`, `NOT_FOUND`, …; the class of an error says which. */
  readonly code: string;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}

/** One wrong setting: its variable, what is wrong with it, and what it should be. Never its value. */
export type ConfigFault = {
  /** The variable, or the option. */
  readonly name: string;
  /** What is wrong with it. */
  readonly problem: string;
  /** What would be right. */
  readonly expected: string;
};

/** `CONFIG`: Settings that cannot be run with; all faults at once. */
export class ConfigError extends WaybillError {
  override readonly name = 'ConfigError';
  /** Every fault. */
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[], options: ErrorOptions = {}) {
    super('CONFIG', ['The configuration is not usable:', ...faults.map(faultLine)].join('\n'), options);
    this.faults = faults;
  }
}

function faultLine({ name, problem, expected }: ConfigFault): string {
  return `  ${name}: ${problem}; expected ${expected}`;
}

/** One wrong field: a JSON pointer (RFC 6901) into the request, and what is wrong there. */
export type ValidationFault = {
  /** JSON pointer (RFC 6901) into what was given; empty for the whole of it. */
  readonly pointer: string;
  /** What is wrong, and what would be right. */
  readonly detail: string;
};

/** `VALIDATION`: A request that can never be sent as it stands. */
export class ValidationError extends WaybillError {
  override readonly name = 'ValidationError';
  /** Every fault. */
  readonly errors: readonly ValidationFault[];

  constructor(errors: readonly ValidationFault[], options: ErrorOptions = {}) {
    const lines = errors.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`);
    super('VALIDATION', `The request is not valid: ${lines.join('; ')}`, options);
    this.errors = errors;
  }
}

/** `CONFLICT`: The id is known with another payload. */
export class IdempotencyConflictError extends WaybillError {
  override readonly name = 'IdempotencyConflictError';
  /** The delivery's id. */
  readonly id: string;

  constructor(id: string, options: ErrorOptions = {}) {
    super('CONFLICT', 'This id already belongs to a delivery with another payload', options);
    this.id = id;
  }
}

/** `UNKNOWN_ACCOUNT`: No account goes by this number or name. */
export class UnknownAccountError extends WaybillError {
  override readonly name = 'UnknownAccountError';
  /** What was given for an account. */
  readonly account: string;
  /** The names of the accounts that there are, where the one who threw it knows them. */
  readonly known: readonly string[];

  constructor(
    account: string,
    { known, ...options }: ErrorOptions & { readonly known?: readonly string[] } = {},
  ) {
    super('UNKNOWN_ACCOUNT', `No account has this number or name${knownInWords(known)}`, options);
    this.account = account;
    this.known = known ?? [];
  }
}

function knownInWords(known: readonly string[] | undefined): string {
  if (known === undefined) return '';
  if (known.length > 0) return `: there is ${known.join(', ')}`;
  return ': none is known before a worker has run once, unless `accounts` names them';
}

/** `UNAVAILABLE`: Redis did not answer in time. Safe to repeat with the same id. */
export class UnavailableError extends WaybillError {
  override readonly name = 'UnavailableError';

  constructor(options: ErrorOptions = {}) {
    super('UNAVAILABLE', 'Redis cannot be reached; the call may be repeated with the same id', options);
  }
}

/** `NOT_FOUND`: Nothing is known by this id. */
export class NotFoundError extends WaybillError {
  override readonly name = 'NotFoundError';
  /** The id that was asked for. */
  readonly id: string;

  constructor(id: string, options: ErrorOptions = {}) {
    super('NOT_FOUND', 'No delivery has this id', options);
    this.id = id;
  }
}

/** `ILLEGAL_STATE`: The delivery's status does not allow this action. */
export class IllegalStateError extends WaybillError {
  override readonly name = 'IllegalStateError';
  /** What was asked for: `cancel`, `amend`, `resend`, `resolve` or `wait`. */
  readonly action: string;
  /** The delivery's status. */
  readonly status: string;
  /** Why it has this status, as `reason` in `Delivery`; null where there is nothing to say. */
  readonly reason: string | null;

  /** `detail`: what would have to be different, for people. */
  constructor(
    action: string,
    status: string,
    {
      detail,
      reason = '',
      ...options
    }: ErrorOptions & { readonly detail?: string; readonly reason?: string } = {},
  ) {
    const why = detail === undefined ? '' : `; ${detail}`;
    super('ILLEGAL_STATE', `A delivery that is ${status} does not allow: ${action}${why}`, options);
    this.action = action;
    this.status = status;
    this.reason = reason || null;
  }
}

/** `TIMEOUT`: The time to wait was over before the delivery had come so far. It goes on; `wait` may be called again. */
export class WaitTimeoutError extends WaybillError {
  override readonly name = 'WaitTimeoutError';
  /** The delivery's id. */
  readonly id: string;
  /** The status that was waited for. */
  readonly until: string;
  /** The status when the time was over. */
  readonly status: string;
  /** Why it has this status, as `reason` in `Delivery`; null where there is nothing to say. */
  readonly reason: string | null;

  /** `stands`: status and reason in words. */
  constructor(
    waited: { readonly id: string; readonly until: string; readonly status: string; readonly reason: string },
    stands: string,
    options: ErrorOptions = {},
  ) {
    super('TIMEOUT', `Not ${waited.until} when the time to wait was over; it is ${stands}`, options);
    this.id = waited.id;
    this.until = waited.until;
    this.status = waited.status;
    this.reason = waited.reason || null;
  }
}

/** `CLOSED`: `close()` was called. Make another with `createWaybill`. */
export class ClosedError extends WaybillError {
  override readonly name = 'ClosedError';

  constructor(options: ErrorOptions = {}) {
    super('CLOSED', 'This client was closed: make another with createWaybill', options);
  }
}

/** `DATA_KEY`: What a request holds cannot be read here: it is encrypted, and this process does not have the key. */
export class DataKeyError extends WaybillError {
  override readonly name = 'DataKeyError';

  /** `why`: which key, and where it is missing. */
  constructor(why: string, options: ErrorOptions = {}) {
    super('DATA_KEY', why, options);
  }
}

/** `LISTEN_FAILED`: An address could not be listened on; `setting` names the variable to change. */
export class ListenError extends WaybillError {
  override readonly name = 'ListenError';
  /** The variable to change. */
  readonly setting: string;
  /** `host:port`. */
  readonly address: string;

  constructor(at: { readonly setting: string; readonly address: string }, options: ErrorOptions = {}) {
    const taken = isTaken(options.cause) ? ': something else listens there' : '';
    const advice = `set ${at.setting} to another address, or to port 0 for any free one`;
    super('LISTEN_FAILED', `Cannot listen on ${at.address}${taken}; ${advice}`, options);
    this.setting = at.setting;
    this.address = at.address;
  }
}

function isTaken(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EADDRINUSE';
}
