import type { AccountTemplate } from './account.js';
import { brokenCharacter, countCharacters } from './characters.js';
import type { Delivery } from './delivery.js';
import type { MediaType } from './media.js';

/** Body and variables together, as the provider counts. */
export const TEMPLATE_TEXT_LIMIT = 1024;
export const TEMPLATE_VARIABLES_LIMIT = 10;

/** The header that carries the file; a template cannot carry audio. */
export const TEMPLATE_HEADER_TYPES: Readonly<Record<MediaType, 3 | 4 | 5 | null>> = {
  image: 3,
  video: 4,
  document: 5,
  audio: null,
};

/** What variables are filled with. */
type Values = Pick<Delivery, 'caption' | 'metadata'>;

const PLACEHOLDER = /\{([a-zA-Z0-9._-]+)\}/g;

/**
 * The body variables with `{caption}` and `{metadata.<key>}` filled in, each on one line: WhatsApp refuses line breaks,
 * tabs and more than four spaces in a row there. An unknown name stays empty.
 */
export function fillVariables(template: AccountTemplate, values: Values): readonly string[] {
  const byName = valuesByName(values);
  return template.variables.map((variable) =>
    onOneLine(variable.replace(PLACEHOLDER, (_, name: string) => byName.get(name) ?? '')),
  );
}

/** A map, not an object: `{metadata.constructor}` must be empty, not a function's text. */
function valuesByName({ caption, metadata }: Values): ReadonlyMap<string, string> {
  const fields = Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value] as const);
  return new Map([['caption', caption ?? ''], ...fields]);
}

function onOneLine(text: string): string {
  return text.replace(/[\s\u0085]+/g, ' ').trim();
}

/** One thing that is wrong with a request: a JSON pointer into it, and what would be right. */
type Fault = { readonly pointer: string; readonly detail: string };

export type TemplateUse = {
  readonly template: AccountTemplate | null;
  /** Whether the request brings it; else it is its account's. */
  readonly isOwn: boolean;
  /** Null: not known, since the link or the type is wrong itself. */
  readonly mediaType: MediaType | null;
} & Values;

/** Why a delivery could never go as a template, each with what would help. */
export function templateFaults(use: TemplateUse): readonly Fault[] {
  const { template, mediaType } = use;
  if (template === null) {
    return [atPolicy('is template, but no template is named: give one, or hold or fail instead')];
  }
  if (mediaType !== null && TEMPLATE_HEADER_TYPES[mediaType] === null) {
    return [atPolicy('is template, but a template cannot carry audio: hold or fail instead')];
  }
  return [...emptyVariables(template, use), ...tooLong(template, use)];
}

function atPolicy(detail: string): Fault {
  return { pointer: '/onClosedWindow', detail };
}

/** WhatsApp refuses them. */
function emptyVariables(template: AccountTemplate, use: TemplateUse): readonly Fault[] {
  const faults = fillVariables(template, use).flatMap((filled, index) =>
    filled === '' ? [emptyVariable(template, index, use.isOwn)] : [],
  );
  // One caption that is missing may leave several variables empty.
  return faults.filter(
    (fault, index) => faults.findIndex(({ pointer }) => pointer === fault.pointer) === index,
  );
}

function isKnown(name: string): boolean {
  return /^(caption$|metadata\..)/.test(name);
}

function emptyVariable({ variables }: AccountTemplate, index: number, isOwn: boolean): Fault {
  const known = [...(variables[index] ?? '').matchAll(PLACEHOLDER)].flatMap(([, name = '']) =>
    isKnown(name) ? [name] : [],
  );
  const [first] = known;
  if (isOwn) {
    const help = first === undefined ? 'give it a text' : `give ${known.join(' or ')}, or another text`;
    return {
      pointer: `/template/variables/${index}`,
      detail: `comes out empty, which WhatsApp refuses: ${help}`,
    };
  }
  const which = `variable ${index + 1} of the account’s template`;
  if (first === undefined)
    return atPolicy(`is template, but ${which} comes out empty: give another template`);
  const pointer = `/${first.replace('.', '/')}`;
  return { pointer, detail: `must not be empty: ${which} is made of it, and WhatsApp refuses empty ones` };
}

function tooLong(template: AccountTemplate, use: TemplateUse): readonly Fault[] {
  const length = countCharacters(fillVariables(template, use).join(''));
  if (length <= TEMPLATE_TEXT_LIMIT) return [];
  const detail = `come to ${length} characters once they are filled in: at most ${TEMPLATE_TEXT_LIMIT} are allowed`;
  return use.isOwn
    ? [{ pointer: '/template/variables', detail }]
    : [atPolicy(`is template, but the variables of the account’s template ${detail}`)];
}

/** Whether a variable of an account's template may come to something, whatever a delivery brings. */
export function isUsableVariable(variable: string): boolean {
  const fixed = onOneLine(variable.replace(PLACEHOLDER, ''));
  const isFilled = [...variable.matchAll(PLACEHOLDER)].some(([, name = '']) => isKnown(name));
  const isSound = brokenCharacter(variable) === null && countCharacters(variable) <= TEMPLATE_TEXT_LIMIT;
  return isSound && (fixed !== '' || isFilled);
}
