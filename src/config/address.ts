import { isIP } from 'node:net';
import { formatHostPort, type HostPort } from '../domain/host-port.js';
import { bad, good, type Kind, listOf } from './kinds.js';

/** Addresses with the same first `prefix` bits; a single address has all of them. */
export type AddressRange = {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
};

/** IPv4 too. */
const EVERY_INTERFACE = '::';

/** `host:port`, `[::1]:port`, `:port` or `port`. */
export const listenAddress: Kind<HostPort> = {
  expected: 'host:port, [::1]:port or port; port 0 means any free one',
  parse: (text) =>
    parseHostPort(/^\d+$/.test(text) ? `:${text}` : text, { defaultHost: EVERY_INTERFACE, minPort: 0 }),
  show: formatHostPort,
};

const remoteAddress: Kind<HostPort> = {
  expected: 'host:port',
  parse: (text) => parseHostPort(text, { minPort: 1 }),
  show: formatHostPort,
};

export const remoteAddresses = listOf(remoteAddress, 'host:port, one or more, comma-separated');

const addressRange: Kind<AddressRange> = {
  expected: 'an address or CIDR',
  parse: (text) => {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const version = isIP(address);
    if (version === 0) return bad('has an entry that is no IP address');
    const bits = version === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : Number(prefix);
    if (length > bits) return bad(`has a prefix longer than ${bits}`);
    return good({ address, prefix: length, family: version === 4 ? 'ipv4' : 'ipv6' });
  },
  show: ({ address, prefix }) => `${address}/${prefix}`,
};

const addressRanges = listOf(addressRange, addressRange.expected);

/** `any` (null) or a list of ranges. */
export const allowedAddresses: Kind<readonly AddressRange[] | null> = {
  expected: 'any, or addresses and CIDRs, comma-separated',
  parse: (text) => (text === 'any' ? good(null) : addressRanges.parse(text)),
  show: (value) => (value === null ? 'any' : addressRanges.show(value)),
};

type Form = { readonly defaultHost?: string; readonly minPort: number };

function parseHostPort(text: string, { defaultHost, minPort }: Form) {
  const [, ipv6, name, digits] = /^(?:\[([\da-fA-F:.]+)\]|([A-Za-z0-9._-]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 ?? (name || defaultHost);
  if (host === undefined || digits === undefined || (ipv6 !== undefined && isIP(ipv6) !== 6)) {
    return bad('has the wrong form');
  }
  const port = Number(digits);
  return port < minPort || port > 65_535 ? bad(`has a port outside ${minPort}-65535`) : good({ host, port });
}
