import { type MediaType, mediaTypeOfPath } from '../../src/domain/media.js';
import type { World } from '../world.js';
import { type Call, type Fields, REASONS, type Result, text } from './call.js';
import { send } from './send.js';
import { doomed } from './send-file.js';

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
  const language = text(fields, 'language');
  const hasFile = headerType !== NO_HEADER;
  return send(world, doomed(world, call, headerLink), {
    draft: {
      to: text(fields, 'to'),
      origin: 'api',
      kind: 'template',
      body: headerLink,
      caption: null,
      replyTo: null,
      template: { name, variables, language: language === '' ? null : Number(language) },
    },
    check: () => {
      if (name === '') return REASONS.emptyBody;
      const { strictVariables } = world.options;
      const fits =
        variables.join('').length <= MAX_CHARACTERS &&
        !(strictVariables && variables.some(isRefusedVariable));
      const headerIsSound = HEADER_TYPES.has(headerType) && hasFile === headerLink.startsWith('https://');
      const isSound = fits && headerIsSound && fitsHeader(headerType, headerLink);
      return isSound && /^\d{0,3}$/.test(language) ? null : world.options.unlistedReason;
    },
    link: hasFile ? headerLink : null,
  });
}

const HEADER_MEDIA: Readonly<Record<string, MediaType>> = { 3: 'image', 4: 'video', 5: 'document' };

/** A link whose path tells what it is must be of the header's kind. */
function fitsHeader(headerType: string, headerLink: string): boolean {
  const media = URL.canParse(headerLink) ? mediaTypeOfPath(new URL(headerLink).pathname) : undefined;
  return media === undefined || HEADER_MEDIA[headerType] === media;
}

/** WhatsApp's own rule for what a body variable may hold. */
function isRefusedVariable(variable: string): boolean {
  return variable.trim() === '' || /[\n\r\t]| {5}/.test(variable);
}

/** bodyVariable1 … bodyVariable10, up to the first that is missing. */
function variablesOf(fields: Fields): string[] {
  const variables = Array.from({ length: MAX_VARIABLES }, (_, index) => fields[`bodyVariable${index + 1}`]);
  const end = variables.findIndex((variable) => typeof variable !== 'string');
  return variables.slice(0, end === -1 ? MAX_VARIABLES : end).map(String);
}
