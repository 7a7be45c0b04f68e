import { EVENT_TYPES } from '../domain/event.js';
import { faultOfText, type Signature } from '../domain/operation.js';
import { isFields } from '../domain/seal.js';
import { isStatus, STATUSES } from '../domain/status.js';
import { ValidationError, type ValidationFault } from '../errors.js';

// The library's callers may be plain JavaScript: what no call can work with is refused in our words, each fault under
// the name of the argument or option. The fields of requests and filters are checked where they are read.

/** @throws ValidationError */
export function checkId(id: unknown): asserts id is string {
  refuse(faultsOfId(id));
}

/** @throws ValidationError */
export function checkWait(id: unknown, until: unknown, options: unknown): void {
  const timeoutMs = isFields(options) ? options.timeoutMs : undefined;
  refuse([
    ...faultsOfId(id),
    ...(isStatus(until) ? [] : [fault('/until', `must be one of ${STATUSES.join(', ')}`)]),
    ...(isDuration(timeoutMs) ? [] : [fault('/timeoutMs', 'must be a number of milliseconds, 0 or more')]),
  ]);
}

/** What is wrong with who does something, from where and why. */
export function faultsOfSignature(said: Signature): readonly ValidationFault[] {
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
  const { from, after, types } = isFields(asked) ? asked : {};
  const isGiven = (value: unknown) => value !== undefined && value !== null;
  refuse([
    ...(isFields(asked) ? [] : [fault('', 'must be an object of from, after, types and signal')]),
    ...(isGiven(from) && !isText(from) && !isTexts(from)
      ? [fault('/from', 'must be an account’s number or name, or an array of them')]
      : []),
    ...(isGiven(after) && !isText(after)
      ? [fault('/after', 'must be a string: an event’s cursor or id, epoch milliseconds, or 0')]
      : []),
    ...(isGiven(types) && !isTexts(types)
      ? [fault('/types', `must be an array of some of ${EVENT_TYPES.join(', ')}`)]
      : []),
  ]);
}

/** @throws ValidationError */
export function checkRequests(requests: unknown): void {
  refuse(Array.isArray(requests) ? [] : [fault('', 'must be an array of requests')]);
}

/** @throws ValidationError */
export function checkSource(source: unknown): void {
  const isSource = typeof source === 'object' && source !== null && Symbol.asyncIterator in source;
  refuse(isSource ? [] : [fault('', 'must be an async iterable of arrays of { request }')]);
}

function faultsOfId(id: unknown): readonly ValidationFault[] {
  return isText(id) ? [] : [fault('/id', 'must be the delivery’s id, a string')];
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
