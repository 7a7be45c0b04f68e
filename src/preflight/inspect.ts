import { askableLink } from '../domain/askable-link.js';
import { linkExpiresAt } from '../domain/file-link.js';
import type { MediaType } from '../domain/media.js';
import { type Finding, finding, readLinkAnswer } from '../domain/preflight.js';
import { isPublicAddress } from '../domain/public-address.js';
import { SECOND } from '../domain/time.js';
import { type Asked, askHost, type HostAnswer } from './ask-host.js';
import type { Network } from './network.js';

/** Names, connections, redirects and answers together. */
const TIMEOUT_MS = 10 * SECOND;
const REDIRECTS_LIMIT = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** So many addresses of a name are tried, until one takes the connection. */
const ADDRESSES_LIMIT = 4;
/** What some hosts say to a range of a file that they would give as a whole; an empty file has no first byte either. */
const RANGE_REFUSED: readonly number[] = [400, 416, 501];

export type FileToInspect = { readonly fileUrl: string; readonly mediaType: MediaType };

export type InspectDeps = { readonly network: Network; readonly now: () => number };

/** Looks at a file by its link, as far as its headers; every hop of a redirect is a link like the first. */
export async function inspect(file: FileToInspect, { network, now }: InspectDeps): Promise<Finding> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let text = file.fileUrl;
  for (let hop = 0; hop <= REDIRECTS_LIMIT; hop += 1) {
    const link = askableLink(text);
    if (!link.ok) return finding(link.why === 'not_asked' ? 'not_asked' : 'fault', link.why, link.detail);
    if (hop === 0 && isOver(link.url, now()))
      return finding('fault', 'link_expired', 'its own expiry is over');
    const asked = await ask(link, network, signal);
    if ('kind' in asked) return asked;
    const { answer, location } = asked;
    const next = answer.kind === 'answered' && REDIRECTS.includes(answer.status) ? location : null;
    if (next === null)
      return readLinkAnswer({ path: pathOf(file.fileUrl), mediaType: file.mediaType }, answer);
    if (!URL.canParse(next, link.url.href)) return finding('unclear', 'bad_redirect');
    text = new URL(next, link.url).href;
  }
  return finding('unclear', 'redirects');
}

type Link = { readonly url: URL; readonly host: string };

async function ask(link: Link, network: Network, signal: AbortSignal): Promise<HostAnswer | Finding> {
  const addresses = await network.resolve(link.host, signal);
  // One that is not public among others is enough: which of them a connection takes is not the name's owner's to say.
  if (!addresses.every(isPublicAddress)) return finding('fault', 'link_not_public', 'its host is not public');
  const tunnel = network.tunnelTo?.(link.url) ?? null;
  // Where a proxy is the only way out, it may be the only one that knows names.
  if (tunnel !== null) return askAt({ ...link, way: { tunnel }, isLast: true }, network, signal);
  const [last, ...others] = inTurn(addresses).toReversed();
  if (last === undefined) return finding('unclear', 'dns');
  for (const address of others.toReversed()) {
    const answer = await askAt({ ...link, way: { address }, isLast: false }, network, signal);
    if (answer.connected) return answer;
  }
  return askAt({ ...link, way: { address: last }, isLast: true }, network, signal);
}

async function askAt(asked: Omit<Asked, 'ranged'>, network: Network, signal: AbortSignal) {
  const first = await askHost({ ...asked, ranged: true }, network, signal);
  const { answer } = first;
  if (answer.kind === 'broken' || !RANGE_REFUSED.includes(answer.status)) return first;
  return askHost({ ...asked, ranged: false }, network, signal);
}

/** One of each family after the other: where one family leads nowhere, the other is tried soon. */
function inTurn(addresses: readonly string[]): readonly string[] {
  const isIpv6 = (address = '') => address.includes(':');
  const first = isIpv6(addresses[0]);
  const preferred = addresses.filter((address) => isIpv6(address) === first);
  const others = addresses.filter((address) => isIpv6(address) !== first);
  const pairs = addresses.map((_, index) => [preferred[index], others[index]]);
  return pairs.flatMap((pair) => pair.filter((each) => each !== undefined)).slice(0, ADDRESSES_LIMIT);
}

function isOver(url: URL, now: number): boolean {
  const expiresAt = linkExpiresAt(url);
  return expiresAt !== null && expiresAt <= now;
}

function pathOf(link: string): string {
  return new URL(link).pathname;
}
