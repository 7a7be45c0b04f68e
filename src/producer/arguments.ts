import { isDate } from 'node:util/types';
import { EVENT_TYPES } from '../domain/event.js';
import { faultOfText, type Signature } from '../domain/operation.js';
import { type Fields, isFields } from '../domain/seal.js';
import { isStatus, STATUSES } from '../domain/status.js';
import { ValidationError, type ValidationFault } from '../errors.js';
import { instant } from '../queue/request-fields.js';

// The library's callers may be plain JavaScript: what no call can work with is refused in our words, each fault under
// the name of the argument or option. The fields of requests and filters are checked where they are read.

/** What is wrong with the options of a client, beside its Redis; null: nothing. */
export function faultOfOptions(options: Fields): string | null {
  const { prefix, accounts, dataKey, onError } = options;
  const wrongNumber = (['waitReplicas', 'retentionHours', 'idRetentionHours'] as const).find(
    (name) => options[name] !== undefined && !isDuration(options[name]),
  );
  if (wrongNumber !== undefined) return `${wrongNumber} must be a number, 0 or more`;
  if (prefix !== undefined && !isText(prefix)) return 'prefix must be a string';
  const isListed = Array.isArray(accounts) && accounts.every((each) => isFields(each) && isText(each.from));
  if (accounts !== undefined && typeof accounts !== 'function' && !isListed)
    return 'accounts must be an array of { from, name }, or a function that gives one';
  if (dataKey !== undefined && typeof dataKey !== 'string' && typeof dataKey !== 'function')
    return 'dataKey must be a string, or a function that gives keys';
  return onError === undefined || typeof onError === 'function' ? null : 'onError must be a function';
}

/** Of a delivery that is looked for. @throws ValidationError */
export function checkLookup(id: unknown, narrow: unknown): asserts id is string {
  refuse([...faultsOfId(id), ...faultsOfNarrow(narrow)]);
}

/** @throws ValidationError */
export function checkWait(id: unknown, until: unknown, options: unknown): void {
  const timeoutMs = isFields(options) ? options.timeoutMs : undefined;
  refuse([
    ...faultsOfId(id),
    ...(isStatus(until) ? [] : [fault('/until', `must be one of ${STATUSES.join(', ')}`)]),
    ...(isDuration(timeoutMs) ? [] : [fault('/timeoutMs', 'must be a number of milliseconds, 0 or more')]),
    ...(isFields(options) ? [...faultsOfNarrow(options), ...faultsOfSignal(options.signal)] : []),
  ]);
}

/** What is wrong with who does something, from where and why. */
export function faultsOfSignature(said: Signature): readonly ValidationFault[] {
  if (!isFields(said)) return [fault('', 'must be an object of from, who, source and reason')];
  return (['who', 'source', 'reason'] as const).flatMap((name) => {
    const detail = faultOfText(name, said[name]);
    return detail === null ? [] : [fault(`/${name}`, detail)];
  });
}

/** @throws ValidationError */
export function checkSignature(said: Signature): void {
  refuse(faultsOfSignature(said));
}

/** @throws ValidationError */
export function checkEvents(asked: unknown): void {
  const { from, after, types, signal } = isFields(asked) ? asked : {};
  refuse([
    ...(isFields(asked) ? [] : [fault('', 'must be an object of from, after, types and signal')]),
    ...(isGiven(from) && !isText(from) && !isTexts(from)
      ? [fault('/from', 'must be an account’s number or name, or an array of them')]
      : []),
    ...(isGiven(after) && !isText(after) && !isDate(after)
      ? [fault('/after', 'must be a Date, or a string: an event’s cursor or id, a time with its zone, or 0')]
      : []),
    ...(isGiven(types) && !isTexts(types)
      ? [fault('/types', `must be an array of some of ${EVENT_TYPES.join(', ')}`)]
      : []),
    ...faultsOfSignal(signal),
  ]);
}

/** @throws ValidationError */
export function checkRequests(requests: unknown): void {
  refuse(Array.isArray(requests) ? [] : [fault('', 'must be an array of requests')]);
}

/** @throws ValidationError */
export function checkSource(source: unknown, options: unknown): void {
  const isSource = typeof source === 'object' && source !== null && Symbol.asyncIterator in source;
  const { run, onSummary } = isFields(options) ? options : {};
  refuse([
    ...(isSource ? [] : [fault('', SOURCE_FORM)]),
    ...(isFields(options) ? [] : [fault('/options', 'must be an object of run and onSummary')]),
    ...(isGiven(run) && !isText(run) ? [fault('/run', 'must be a string that names the run')] : []),
    ...(onSummary === undefined || typeof onSummary === 'function'
      ? []
      : [fault('/onSummary', 'must be a function')]),
  ]);
}

const SOURCE_FORM = 'must be an async iterable of arrays of { request }';

/** What a source gives, each array as it comes. @throws ValidationError */
export async function* checkRecords<Source>(
  source: AsyncIterable<readonly Source[]>,
): AsyncGenerator<readonly Source[], void, undefined> {
  for await (const records of source) {
    const isOne = Array.isArray(records) && records.every(isFields);
    refuse(isOne ? [] : [fault('', SOURCE_FORM)]);
    yield records;
  }
}

/** @throws ValidationError */
export function checkFilter(filter: unknown): void {
  if (!isFields(filter))
    throw new ValidationError([fault('', `must be an object of ${FILTER_TEXTS.join(', ')} and others`)]);
  refuse([
    ...FILTER_TEXTS.flatMap((name) =>
      wrongIf(!isText(filter[name]), filter[name], fault(`/${name}`, 'must be a string')),
    ),
    ...wrongIf(
      !isStatus(filter.status),
      filter.status,
      fault('/status', `must be one of ${STATUSES.join(', ')}`),
    ),
    ...wrongIf(
      !isTexts(filter.visible),
      filter.visible,
      fault('/visible', 'must be an array of accounts’ numbers'),
    ),
    ...(['since', 'until'] as const).flatMap((name) =>
      wrongIf(
        !instant.safeParse(filter[name]).success,
        filter[name],
        fault(`/${name}`, 'must be a Date, ISO 8601 with its zone, or epoch milliseconds'),
      ),
    ),
  ]);
}

const FILTER_TEXTS = ['from', 'to', 'reason', 'cursor'] as const;

/** @throws ValidationError */
export function checkResend(options: unknown): void {
  if (!isFields(options)) throw new ValidationError([fault('', 'must be an object of id and localStorage')]);
  refuse([
    ...wrongIf(!isText(options.id), options.id, fault('/id', 'must be the new delivery’s id, a string')),
    ...wrongIf(
      typeof options.localStorage !== 'boolean',
      options.localStorage,
      fault('/localStorage', 'must be true or false'),
    ),
  ]);
}

/** @throws ValidationError */
export function checkResolution(resolution: unknown): void {
  if (!isFields(resolution)) throw new ValidationError([fault('', 'must be an object of kind and unique')]);
  const { kind, unique } = resolution;
  const isKind = kind === 'sent' || kind === 'resend' || kind === 'close';
  const isUnique = isText(unique) || !isGiven(unique);
  refuse([
    ...(isKind ? [] : [fault('/kind', 'must be one of sent, resend, close')]),
    ...(isUnique ? [] : [fault('/unique', 'must be the message’s, a string, or null')]),
  ]);
}

/** Of a field that is given. */
function wrongIf(isWrong: boolean, given: unknown, told: ValidationFault): readonly ValidationFault[] {
  return isWrong && isGiven(given) ? [told] : [];
}

function faultsOfNarrow(narrow: unknown): readonly ValidationFault[] {
  if (!isFields(narrow)) return [fault('', 'must be an object of from and among')];
  return [
    ...wrongIf(!isText(narrow.from), narrow.from, fault('/from', 'must be an account’s number or name')),
    ...wrongIf(
      !isTexts(narrow.among),
      narrow.among,
      fault('/among', 'must be an array of accounts’ numbers or names'),
    ),
  ];
}

function faultsOfSignal(signal: unknown): readonly ValidationFault[] {
  const isOne = signal === undefined || signal instanceof AbortSignal;
  return isOne ? [] : [fault('/signal', 'must be an AbortSignal')];
}

function faultsOfId(id: unknown): readonly ValidationFault[] {
  return isText(id) ? [] : [fault('/id', 'must be the delivery’s id, a string')];
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function fault(pointer: string, detail: string): ValidationFault {
  return { pointer, detail };
}

function refuse(faults: readonly ValidationFault[]): void {
  if (faults.length > 0) throw new ValidationError(faults);
}
