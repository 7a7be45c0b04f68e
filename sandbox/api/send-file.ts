import type { World } from '../world.js';
import { type Call, type Fields, REASONS, type Result, text } from './call.js';
import { send } from './send.js';

/** POST /sendFile. Source: the provider's Send File document. */
export function sendFile(world: World, call: Call): Promise<Result> {
  const { fields } = call;
  const body = text(fields, 'body');
  return send(world, doomed(world, call, body), {
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

/** WhatsApp itself fetches a file that is not stored first, and fails later where it cannot. */
function doomed({ options }: World, call: Call, body: string): Call {
  const host = URL.canParse(body) ? new URL(body).hostname : '';
  const isStored = text(call.fields, 'localStorage') === '1';
  if (isStored || !options.unreachableHosts.includes(host)) return call;
  return { failureCode: options.callbacks.failureCode, ...call };
}

function optional(fields: Fields, name: string): string | null {
  const value = text(fields, name);
  return value === '' ? null : value;
}
