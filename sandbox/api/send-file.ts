import { adviceForExtension, extensionOfPath, mediaTypeOfPath } from '../../src/domain/media.js';
import { sharePageWords } from '../../src/domain/share-page.js';
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
      caption: shownCaption(world, call, body),
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
export function doomed({ options }: World, call: Call, body: string): Call {
  const host = URL.canParse(body) ? new URL(body).hostname : '';
  const isStored = text(call.fields, 'localStorage') === '1';
  const isOutOfReach = !isStored && options.unreachableHosts.includes(host);
  if (!isOutOfReach && !(options.failUnusableLinks && isUnusable(body))) return call;
  return { failureCode: options.callbacks.failureCode, ...call };
}

/** Who fetches it gets a page, or a file that is not taken. */
function isUnusable(link: string): boolean {
  if (!URL.canParse(link)) return false;
  const url = new URL(link);
  const advice = adviceForExtension(extensionOfPath(url.pathname));
  return advice !== undefined || sharePageWords(url) !== null;
}

function shownCaption({ options }: World, { fields }: Call, body: string): string | null {
  const isAudio = URL.canParse(body) && mediaTypeOfPath(new URL(body).pathname) === 'audio';
  return isAudio && options.audioCaptions === 'dropped' ? null : optional(fields, 'caption');
}

function optional(fields: Fields, name: string): string | null {
  const value = text(fields, name);
  return value === '' ? null : value;
}
