type Network = readonly [network: string, prefix: number];

/**
 * IPv4 networks that are not the public internet: the IANA special-purpose registry's, multicast, what is reserved, and
 * one address by which a cloud's machines reach their host.
 */
const SPECIAL_IPV4: readonly Network[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** All else is loopback, local, multicast, reserved, or IPv4 in one of its wrappings. */
const GLOBAL_IPV6: Network = ['2000::', 3];

/** Inside it: Teredo and its sisters, documentation, 6to4, which wraps any IPv4 address, and AS112's. */
const SPECIAL_IPV6: readonly Network[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

/**
 * Whether an address, in decimal parts or by hexadecimal groups, is on the public internet. IPv4 inside IPv6
 * (`::ffff:…`, `64:ff9b::…`) never counts as such, nor does what is no address.
 */
export function isPublicAddress(address: string): boolean {
  const ipv4 = bitsOfIpv4(address);
  if (ipv4 !== null) return !SPECIAL_IPV4.some((network) => lies(ipv4, network));
  const ipv6 = bitsOfIpv6(address);
  return ipv6 !== null && lies(ipv6, GLOBAL_IPV6) && !SPECIAL_IPV6.some((network) => lies(ipv6, network));
}

/** Whether a URL's host, as `URL` has it, is an address and no name; then the address without brackets. */
export function addressOfHost(host: string): string | null {
  // Nearly all are names, and no name looks so.
  if (!/:|^[\d.]+$/.test(host)) return null;
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return bitsOf(address) === null ? null : address;
}

function lies(bits: string, [network, prefix]: Network): boolean {
  return bits.startsWith((bitsOf(network) ?? '').slice(0, prefix));
}

function bitsOf(address: string): string | null {
  return bitsOfIpv4(address) ?? bitsOfIpv6(address);
}

/** Without leading zeros, which some take for octal. */
function bitsOfIpv4(address: string): string | null {
  const parts = address.split('.');
  const isAddress =
    parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && +part < 256);
  return isAddress ? parts.map((part) => binary(Number(part), 8)).join('') : null;
}

function bitsOfIpv6(address: string): string | null {
  const halves = address.split('::');
  const [head, tail = []] = halves.map(groupsOf);
  if (halves.length > 2 || !head || !tail) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return groups.map((group) => binary(group, 16)).join('');
}

/** Of 16 bits each; the last two may be written as IPv4. */
function groupsOf(text: string): readonly number[] | null {
  if (text === '') return [];
  const hexadecimal = text.replace(/[\d.]+\.\d+$/, (ipv4) => {
    const bits = bitsOfIpv4(ipv4) ?? '';
    return bits === '' ? 'x' : `${hex(bits.slice(0, 16))}:${hex(bits.slice(16))}`;
  });
  const groups = hexadecimal.split(':');
  return groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
    ? groups.map((group) => parseInt(group, 16))
    : null;
}

function hex(bits: string): string {
  return parseInt(bits, 2).toString(16);
}

function binary(number: number, width: number): string {
  return number.toString(2).padStart(width, '0');
}
