import ipaddr from 'ipaddr.js';

/** The host of a cloud's machines, by an address that no registry lists as special. */
const CLOUD_HOST = '168.63.129.16';

/** What else there is lies in no network that is routed: loopback, local, multicast, reserved. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** NAT64's well-known prefix: the IPv4 address in its last 32 bits is what a connection leads to. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Whether an address, in decimal parts or by hexadecimal groups, is on the public internet by IANA's special-purpose
 * registries. IPv4 inside IPv6 never counts as such, but for what DNS64 makes of a public address (`64:ff9b::…`), nor
 * does what is no address.
 */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  if (address === null) return false;
  if (address.kind() === 'ipv4') return isPublicIpv4(address);
  if (address.match(NAT64)) return isPublicIpv4(new ipaddr.IPv4(address.toByteArray().slice(-4)));
  return address.match(GLOBAL_IPV6) && address.range() === 'unicast';
}

/** Whether a URL's host, as `URL` has it, is an address and no name; then the address without brackets. */
export function addressOfHost(host: string): string | null {
  // Nearly all are names, and no name looks so.
  if (!/:|^[\d.]+$/.test(host)) return null;
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return parseAddress(address) === null ? null : address;
}

/** This machine, or a network that only its own hosts can reach. */
export function isPrivateNetwork(text: string): boolean {
  const range = parseAddress(text)?.range() ?? '';
  return ['loopback', 'private', 'uniqueLocal', 'linkLocal'].includes(range);
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Addresses as they are usually written: no leading zeros, which some take for octal, and no zone. */
export function parseAddress(text: string): Address | null {
  if (/^[\d.]+$/.test(text)) {
    return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : null;
  }
  return /^[\da-f:.]+$/i.test(text) && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null;
}

function isPublicIpv4(address: Address): boolean {
  return address.range() === 'unicast' && address.toString() !== CLOUD_HOST;
}
