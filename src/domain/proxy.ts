import type ipaddr from 'ipaddr.js';
import { addressOfHost, parseAddress } from './public-address.js';

/** An HTTP proxy, without what it wants to know of us. `tls`: it is spoken to by TLS. */
export type ProxyAddress = { readonly host: string; readonly port: number; readonly tls: boolean };

/** Which proxy a URL is reached by: one for each scheme, and hosts that need none. */
export type ProxyRules = {
  readonly https: ProxyAddress | null;
  readonly http: ProxyAddress | null;
  /** Entries of NO_PROXY, in lower case. */
  readonly except: readonly string[];
};

/** The proxy for a URL, by its scheme; null where it is reached directly, as this machine always is. */
export function proxyFor(url: URL, rules: ProxyRules): 'https' | 'http' | null {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  if (rules[scheme] === null || isThisMachine(url.hostname)) return null;
  return rules.except.some((entry) => isExcepted(url, entry)) ? null : scheme;
}

function isThisMachine(host: string): boolean {
  if (/(^|\.)localhost\.?$/.test(host)) return true;
  return parseAddress(addressOfHost(host) ?? '')?.range() === 'loopback';
}

/**
 * As curl, Go and Python read an entry: `*`; a host with those below it, `.example.com` and `*.example.com` alike; an
 * address, or a network of them (CIDR), which a name is never looked up for; each with a port, where it has one.
 */
function isExcepted(url: URL, entry: string): boolean {
  if (entry === '*') return true;
  const { host, port } = splitPort(entry);
  if (port !== null && port !== (url.port || DEFAULT_PORTS[url.protocol])) return false;
  const target = url.hostname.replace(/\.$/, '');
  const address = parseAddress(addressOfHost(target) ?? '');
  if (address !== null) return isInNetwork(address, host);
  const name = host.replace(/^\*?\./, '').replace(/\.$/, '');
  return name !== '' && (target === name || target.endsWith(`.${name}`));
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

/** `host:port`, `[::1]:port`; an IPv6 address without brackets has no port. */
function splitPort(entry: string): { readonly host: string; readonly port: string | null } {
  const [, host = entry, port = null] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(entry) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port };
}

function isInNetwork(address: ReturnType<typeof ipaddr.parse>, text: string): boolean {
  const [network = '', length] = text.split('/');
  const base = parseAddress(network);
  if (base === null || base.kind() !== address.kind()) return false;
  const bits = base.kind() === 'ipv4' ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  return Number.isInteger(prefix) && prefix >= 0 && prefix <= bits && address.match(base, prefix);
}
