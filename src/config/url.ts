import type { HostPort } from '../domain/host-port.js';
import { maskUrl } from '../domain/mask.js';
import { isPrivateHost } from '../domain/private-host.js';
import type { ProxyAddress } from '../domain/proxy.js';
import { bad, good, type Kind, type Parsed } from './kinds.js';

/** A Redis address taken apart; `password` goes to the secrets. */
export type RedisAddress = HostPort & {
  readonly username: string | null;
  readonly password: string | null;
  readonly db: number;
  readonly tls: boolean;
};

const DEFAULT_REDIS_PORT = 6379;

export const redisUrl: Kind<RedisAddress> = {
  expected: 'redis://[user:password@]host[:port][/db] or rediss://…',
  parse: (text) => {
    const url = toUrl(text);
    if (url === null || !['redis:', 'rediss:'].includes(url.protocol)) return bad('is no Redis URL');
    if (url.hostname === '') return bad('names no host');
    if (url.search !== '' || url.hash !== '') return bad('has a query or fragment');
    const [, db] = /^\/?(\d{0,5})$/.exec(url.pathname) ?? [];
    if (db === undefined) return bad('names no database number after the host');
    const credentials = credentialsOf(url);
    return credentials === null
      ? bad('has a user or password that is not percent-encoded')
      : good(addressOf(url, db, credentials));
  },
  show: ({ host, port, db, tls }) => maskUrl(`${tls ? 'rediss' : 'redis'}://${bracket(host)}:${port}/${db}`),
};

type Credentials = Pick<RedisAddress, 'username' | 'password'>;

function addressOf(url: URL, db: string, credentials: Credentials): RedisAddress {
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_REDIS_PORT : Number(url.port),
    db: Number(db),
    tls: url.protocol === 'rediss:',
    ...credentials,
  };
}

function credentialsOf(url: URL): Credentials | null {
  try {
    return {
      username: decodeURIComponent(url.username) || null,
      password: decodeURIComponent(url.password) || null,
    };
  } catch {
    return null;
  }
}

/** A proxy's address with what it wants to know of us, as a `Proxy-Authorization` header; null: nothing. */
export type ProxyUrl = ProxyAddress & { readonly authorization: string | null };

/** As other programs write it: the scheme may be left out. */
export const proxyUrl: Kind<ProxyUrl> = {
  expected: 'http://[user:password@]host[:port] or https://… of an HTTP proxy; SOCKS is not supported',
  parse: (text) => {
    const url = toUrl(text.includes('://') ? text : `http://${text}`);
    if (url === null || !['http:', 'https:'].includes(url.protocol)) return bad('is no HTTP proxy');
    if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
      return bad('has something after the host');
    }
    const credentials = credentialsOf(url);
    if (credentials === null) return bad('has a user or password that is not percent-encoded');
    const tls = url.protocol === 'https:';
    const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    return good({ host, port, tls, authorization: authorizationOf(credentials) });
  },
  show: ({ host, port, tls }) => maskUrl(`${tls ? 'https' : 'http'}://${bracket(host)}:${port}`),
};

function authorizationOf({ username, password }: Credentials): string | null {
  if (username === null && password === null) return null;
  return `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`;
}

/** Keys travel to it: plain http is for this machine and private networks only. */
export const serviceUrl: Kind<string> = {
  expected: 'an https URL without user, query and fragment (http only inside a private network)',
  parse: (text) => {
    const parsed = parseHttpUrl(text);
    if (!parsed.ok) return parsed;
    return parsed.value.search === '' ? good(parsed.value.href.replace(/\/+$/, '')) : bad('has a query');
  },
  show: maskUrl,
};

/** A link that we may call: https, or http inside a private network; no user, no fragment. */
export function parseHttpUrl(text: string): Parsed<URL> {
  const url = toUrl(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return bad('is no http or https URL');
  if (url.username !== '' || url.password !== '') return bad('holds a user or password');
  if (url.hash !== '') return bad('has a fragment');
  if (url.protocol === 'http:' && !isPrivateHost(url.hostname)) return bad('is plain http to a public host');
  return good(url);
}

function toUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
