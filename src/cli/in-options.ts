import type { ValidationError, ValidationFault } from '../errors.js';
import { optionOf } from './define.js';

/** The fields that are typed otherwise than they are called. */
const TYPED: ReadonlyMap<string, string> = new Map([
  ['fileUrl', '--file'],
  ['template/name', '--template'],
  ['template/language', '--template-language'],
  ['template/variables', '--template-variable'],
]);

/** Fields that sentences of the library name. */
const NAMED =
  /\b(fileUrl|mediaType|sendAt|expiresAt|replyTo|onClosedWindow|localStorage|showRequest|strictOrder)\b/g;

/** What is wrong with a request, by the options that were typed. */
export function faultsInOptions({ errors }: Pick<ValidationError, 'errors'>): string {
  return errors.map(({ pointer, detail }) => `${optionAt(pointer)} ${wordsOf(detail)}`).join('\n         ');
}

/** What may go wrong with it. */
export function warningInOptions({ pointer, detail }: ValidationFault): string {
  return `${optionAt(pointer)}: ${wordsOf(detail)}`;
}

function optionAt(pointer: string): string {
  const [, field = '', part] = pointer.split('/');
  return TYPED.get(`${field}/${part}`) ?? TYPED.get(field) ?? optionOf(field);
}

/** Where the library wants an object of strings, pairs are typed. */
const OBJECT_OF_STRINGS = /^must be an object of at most (\d+) strings with names of 1 to (\d+)$/;

function wordsOf(detail: string): string {
  const told = detail.replace(OBJECT_OF_STRINGS, 'must be name=value, $1 at most, with names of 1 to $2');
  return told.replace(NAMED, (field) => TYPED.get(field) ?? optionOf(field));
}
