import type { AccountTemplate } from './account.js';
import { countCharacters } from './characters.js';
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

/** The body variables with `{caption}` and `{metadata.<key>}` filled in; an unknown name stays empty. */
export function fillVariables(template: AccountTemplate, delivery: Delivery): readonly string[] {
  const values = valuesByName(delivery);
  return template.variables.map((variable) =>
    variable.replace(/\{([a-zA-Z0-9._-]+)\}/g, (_, name: string) => values.get(name) ?? ''),
  );
}

/** A map, not an object: `{metadata.constructor}` must be empty, not a function's text. */
function valuesByName({ caption, metadata }: Delivery): ReadonlyMap<string, string> {
  const fields = Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value] as const);
  return new Map([['caption', caption ?? ''], ...fields]);
}

/** Why this delivery could never go as a template, and what would help; null when it could. */
export function templateProblem(template: AccountTemplate | null, delivery: Delivery): string | null {
  if (template === null) return 'is template, but no template is named: give one, or hold or fail instead';
  if (TEMPLATE_HEADER_TYPES[delivery.mediaType] === null) {
    return 'is template, but a template cannot carry audio: hold or fail instead';
  }
  const length = countCharacters(fillVariables(template, delivery).join(''));
  if (length <= TEMPLATE_TEXT_LIMIT) return null;
  return `is template, but its variables come to ${length} characters: at most ${TEMPLATE_TEXT_LIMIT} are allowed`;
}
