import { isPrivateHost, parseLink } from './file-link.js';
import { addressOfHost } from './public-address.js';

/** Whether we may ask a link's host for it at all. */
export type AskableLink =
  | {
      readonly ok: true;
      readonly url: URL;
      /** Its host without the dot that may end it. */
      readonly host: string;
    }
  /** `link_not_public`: nobody outside can fetch it; `not_asked`: others may, but we do not. */
  | { readonly ok: false; readonly why: 'link_not_public' | 'not_asked'; readonly detail: string };

const HOST_LIMIT = 253;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Asked is only what has a public name, by https and at its own port. What the name leads to is another question. */
export function askableLink(text: string): AskableLink {
  const link = parseLink(text);
  if (!link.ok) return notAsked(link.detail);
  const { url } = link;
  if (isPrivateHost(url)) return { ok: false, why: 'link_not_public', detail: 'its host is not public' };
  if (url.port !== '') return notAsked('its port is not 443');
  if (addressOfHost(url.hostname) !== null) return notAsked('its host is an address, not a name');
  const host = url.hostname.replace(/\.$/, '');
  const isName = host.length <= HOST_LIMIT && host.split('.').every((label) => LABEL.test(label));
  return isName ? { ok: true, url, host } : notAsked('its host is no name');
}

function notAsked(detail: string): AskableLink {
  return { ok: false, why: 'not_asked', detail };
}
