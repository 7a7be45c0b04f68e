import type { World } from '../world.js';
import { type Call, type Fields, REASONS, type Result, text } from './call.js';
import { send } from './send.js';

/** POST /sendFile. Source: the provider's Send File document. */
export function sendFile(world: World, call: Call): Promise<Result> {
  const { fields } = call;
  const body = text(fields, 'body');
  return send(world, call, {
    draft: {
      to: text(fields, 'to'),
      origin: 'api',
      kind: 'file',
      body,
      caption: optional(fields, 'caption'),
      replyTo: optional(fields, 'replyTo'),
      template: null,
    },
    check: (window) => {
      if (body === '') return REASONS.emptyBody;
      if (window.state === 'never') return REASONS.firstMessage;
      return window.state === 'closed' ? REASONS.windowClosed : null;
    },
    link: body,
  });
}

function optional(fields: Fields, name: string): string | null {
  const value = text(fields, name);
  return value === '' ? null : value;
}
