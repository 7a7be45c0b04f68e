import { maskText } from '../../domain/mask.js';
import {
  IdempotencyConflictError,
  UnknownAccountError,
  ValidationError,
  WaybillError,
} from '../../errors.js';
import { inOurWords } from '../unavailable.js';
import { inWords, type ProblemCode, ProblemError } from './problem.js';
import { UNKNOWN_ACCOUNT } from './scope.js';

/** Redis is mostly back within seconds. */
const RETRY_AFTER_SECONDS = 2;

/** Our own errors by their code. */
const BY_CODE: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  ['NOT_FOUND', 'not_found'],
  ['CALLBACK_NOT_FOUND', 'callback_not_found'],
  ['AMBIGUOUS_ID', 'ambiguous_id'],
  ['ILLEGAL_STATE', 'illegal_state'],
  ['REQUEST_GONE', 'request_gone'],
  ['DATA_KEY', 'data_key'],
  ['UNAVAILABLE', 'unavailable'],
]);

/** The framework's. */
const BY_FRAMEWORK: ReadonlyMap<string, readonly [ProblemCode, string]> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', ['body_too_large', 'send less in one call']],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', ['unsupported_media_type', 'send application/json']],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', ['malformed_request', 'the body is not as long as its header says']],
  ['FST_ERR_CTP_INVALID_JSON_BODY', ['malformed_json', 'the body must be JSON in UTF-8']],
  ['FST_ERR_BAD_URL', ['malformed_request', 'the path is not percent-encoded as it should be']],
]);

/** What a caller is told of an error; null for a bug, of which nothing is told. `fromPointer`: where a call names its account. */
export function toProblem(error: unknown, fromPointer = '/from'): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (error instanceof ValidationError) {
    const { errors } = error;
    return new ProblemError('validation', inWords(errors), { errors, cause: error });
  }
  if (error instanceof IdempotencyConflictError) {
    const detail = 'give this delivery an id of its own, or repeat the request as it was';
    return new ProblemError('idempotency_key_reused', detail, { cause: error });
  }
  if (error instanceof UnknownAccountError) return unknownAccount(error, fromPointer);
  if (error instanceof WaybillError) return ours(error);
  const told = inOurWords(error);
  return foreign(error) ?? (told instanceof WaybillError ? ours(told) : null);
}

function unknownAccount(cause: UnknownAccountError, pointer: string): ProblemError {
  const errors = [{ pointer, detail: `${UNKNOWN_ACCOUNT}${choiceOf(cause.known)}` }];
  return new ProblemError('unknown_account', inWords(errors), { errors, cause });
}

/** Where there are few; a long list helps nobody. */
function choiceOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ');
  if (shown === '') return '';
  return `; there is ${shown}${names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''}`;
}

const MOST_NAMED = 20;

function ours(error: WaybillError): ProblemError | null {
  const problem = BY_CODE.get(error.code);
  if (problem === undefined) return null;
  const retry = problem === 'unavailable' ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {};
  return new ProblemError(problem, error.message, { cause: error, ...retry });
}

/** Whatever the framework blames on the caller is the caller's fault, also where we have no better words for it. */
function foreign(error: unknown): ProblemError | null {
  if (!(error instanceof Error)) return null;
  const [problem, detail] = BY_FRAMEWORK.get('code' in error ? String(error.code) : '') ?? [];
  if (problem !== undefined && detail !== undefined)
    return new ProblemError(problem, detail, { cause: error });
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status < 400 || status >= 500) return null;
  return new ProblemError('malformed_request', maskText(error.message), { cause: error });
}
