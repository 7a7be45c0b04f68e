import { WaybillError } from '../../errors.js';

/** Every way in which a call can be refused: its stable code, status and title. Told at length in docs/errors.md. */
export const PROBLEMS = {
  malformed_request: { status: 400, title: 'The request is not HTTP as it should be' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  malformed_batch: { status: 400, title: 'The body is neither a JSON array nor NDJSON' },
  unauthorized: { status: 401, title: 'No valid key' },
  forbidden: { status: 403, title: 'The key does not have the role for this call' },
  not_found: { status: 404, title: 'No delivery has this id' },
  account_not_found: { status: 404, title: 'No account has this number or name' },
  callback_not_found: { status: 404, title: 'No callback is kept under this id' },
  endpoint_not_found: { status: 404, title: 'No event endpoint has this name' },
  route_not_found: { status: 404, title: 'Nothing is at this path' },
  method_not_allowed: { status: 405, title: 'This path does not take this method' },
  request_timeout: { status: 408, title: 'The request was too slow in coming' },
  ambiguous_id: { status: 409, title: 'Several accounts have a delivery with this id' },
  illegal_state: { status: 409, title: 'The delivery’s status does not allow this' },
  request_gone: { status: 410, title: 'The request is not kept any more' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body’s type is not taken' },
  validation: { status: 422, title: 'The request is not valid' },
  unknown_account: { status: 422, title: 'The request names no account' },
  idempotency_key_reused: { status: 422, title: 'The id belongs to a delivery with another payload' },
  backlog_full: { status: 429, title: 'Too many deliveries of this account have not ended' },
  rate_limited: { status: 429, title: 'Too many calls with this key' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something is wrong here' },
  data_key: { status: 500, title: 'The request is encrypted, and its key is not here' },
  unavailable: { status: 503, title: 'Redis cannot be reached' },
  draining: { status: 503, title: 'This process is shutting down' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing that is wrong, and what would be right: a JSON pointer into the body, or `/query/…`, `/headers/…`. */
export type ProblemFault = { readonly pointer: string; readonly detail: string };

/** Problem details, RFC 9457. */
export type ProblemBody = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly ProblemFault[];
};

export const PROBLEM_TYPE = 'application/problem+json';

type More = ErrorOptions & {
  readonly errors?: readonly ProblemFault[];
  readonly retryAfterSeconds?: number;
};

/** A refusal on its way to the caller; `detail` is for people. */
export class ProblemError extends WaybillError {
  override readonly name = 'ProblemError';
  readonly problem: ProblemCode;
  readonly errors: readonly ProblemFault[];
  readonly retryAfterSeconds: number | null;

  constructor(
    problem: ProblemCode,
    detail: string,
    { errors = [], retryAfterSeconds, ...options }: More = {},
  ) {
    super(problem.toUpperCase(), detail, options);
    this.problem = problem;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds ?? null;
  }
}

/** The first of some faults, and how many more there are: what a log or a console shows of a refusal. */
export function inWords(faults: readonly ProblemFault[]): string {
  const [first, ...more] = faults;
  if (first === undefined) return 'something is wrong with it';
  const words = `${first.pointer} ${first.detail}`.trim();
  return more.length === 0 ? words : `${words}; ${more.length} more in errors`;
}

export function problemBody({ problem, message, errors }: ProblemError): ProblemBody {
  const { status, title } = PROBLEMS[problem];
  const type = `urn:waybill:problem:${problem}`;
  return { type, title, status, code: problem, detail: message, ...(errors.length === 0 ? {} : { errors }) };
}
