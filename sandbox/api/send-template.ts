import type { World } from '../world.js';
import { type Call, type Fields, REASONS, type Result, text } from './call.js';
import { send } from './send.js';

const NO_HEADER = '1';
const HEADER_TYPES: ReadonlySet<string> = new Set([NO_HEADER, '3', '4', '5']);
const MAX_VARIABLES = 10;
const MAX_CHARACTERS = 1024;

/** POST /sendTemplate: needs no window, and opens none. */
export function sendTemplate(world: World, call: Call): Promise<Result> {
  const { fields } = call;
  const headerType = text(fields, 'headerType');
  const headerLink = text(fields, 'headerLink');
  const name = text(fields, 'name');
  const variables = variablesOf(fields);
  const hasFile = headerType !== NO_HEADER;
  return send(world, call, {
    draft: {
      to: text(fields, 'to'),
      origin: 'api',
      kind: 'template',
      body: headerLink,
      caption: null,
      replyTo: null,
      template: { name, variables },
    },
    check: () => {
      if (name === '') return REASONS.emptyBody;
      const fits = variables.join('').length <= MAX_CHARACTERS;
      const headerIsSound = HEADER_TYPES.has(headerType) && hasFile === headerLink.startsWith('https://');
      return fits && headerIsSound ? null : world.options.unlistedReason;
    },
    link: hasFile ? headerLink : null,
  });
}

/** bodyVariable1 … bodyVariable10, up to the first that is missing. */
function variablesOf(fields: Fields): string[] {
  const variables = Array.from({ length: MAX_VARIABLES }, (_, index) => fields[`bodyVariable${index + 1}`]);
  const end = variables.findIndex((variable) => typeof variable !== 'string');
  return variables.slice(0, end === -1 ? MAX_VARIABLES : end).map(String);
}
