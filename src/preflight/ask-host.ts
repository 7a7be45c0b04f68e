import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { LinkAnswer } from '../domain/preflight.js';
import { SECOND } from '../domain/time.js';
import type { OpenTunnel } from '../network/tunnel.js';
import { HTTPS_PORT, type Network } from './network.js';

/** Silence of a host, connecting included. */
const IDLE_TIMEOUT_MS = 5 * SECOND;
/** Where the name has another address, so that both of them can be tried in time. */
const CONNECT_TIMEOUT_MS = 2 * SECOND;
const MOST_HEADER_BYTES = 16 * 1024;

/** One way to a host, by an address that was found public or through a proxy, and what is asked of the name there. */
export type Asked = {
  readonly url: URL;
  readonly host: string;
  readonly way: { readonly address: string } | { readonly tunnel: OpenTunnel };
  /** Only for its first byte; else for all of it, of which no more is read either. */
  readonly ranged: boolean;
  /** Whether there is no other address to try. */
  readonly isLast: boolean;
};

export type HostAnswer = {
  readonly answer: LinkAnswer;
  /** As the host wrote it; it is checked like any other link before it is followed. */
  readonly location: string | null;
  /** False: nothing listens at this address, as far as we can reach it. */
  readonly connected: boolean;
};

/**
 * One GET on a connection of its own, to the very address: no name is looked up any more, but by a proxy. It carries no
 * cookie and no credential, and ends with the headers.
 */
export async function askHost(asked: Asked, network: Network, signal: AbortSignal): Promise<HostAnswer> {
  const options = { ...optionsOf(asked), ...tlsOf(asked, network) };
  if ('address' in asked.way) {
    return get({ ...options, ...network.dial(asked.way.address), agent: noAgent() }, signal, false);
  }
  try {
    const socket = await asked.way.tunnel(asked.host, HTTPS_PORT, IDLE_TIMEOUT_MS);
    const createConnection = () => connectTls({ ...tlsOf(asked, network), socket });
    return await get({ ...options, createConnection }, signal, true);
  } catch {
    return { answer: { kind: 'broken', reason: 'proxy' }, location: null, connected: true };
  }
}

function get(options: RequestOptions, signal: AbortSignal, isConnected: boolean): Promise<HostAnswer> {
  return new Promise((resolve) => {
    let connected = isConnected;
    const broken = (reason: string) =>
      resolve({ answer: { kind: 'broken', reason }, location: null, connected });
    if (signal.aborted) return broken('timeout');
    const sent = request({ ...options, signal });
    sent.on('socket', (socket) =>
      socket.once('connect', () => {
        connected = true;
        sent.setTimeout(IDLE_TIMEOUT_MS);
      }),
    );
    sent.on('response', (response) => {
      resolve(readHost(response));
      sent.destroy();
    });
    sent.on('timeout', () => {
      broken('timeout');
      sent.destroy();
    });
    // Also what the destroyed one still has to say; the first word stands.
    sent.on('error', (error) => broken(signal.aborted ? 'timeout' : wordOf(error)));
    sent.end();
  });
}

function optionsOf({ url, host, ranged, isLast }: Asked) {
  return {
    path: url.pathname + url.search,
    headers: {
      host,
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': 'waybill',
      ...(ranged ? { range: 'bytes=0-0' } : {}),
    },
    timeout: isLast ? IDLE_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
  } satisfies RequestOptions;
}

function tlsOf({ host }: Asked, { ca }: Network) {
  return {
    servername: host,
    // Whatever the environment says.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
  } satisfies ConnectionOptions;
}

function noAgent(): Agent {
  return new Agent({ keepAlive: false, maxCachedSessions: 0 });
}

function readHost({ statusCode = 0, headers }: IncomingMessage): HostAnswer {
  const contentType = mediaTypeOf(headers['content-type']);
  const sizeBytes = sizeOf(statusCode, headers);
  return {
    answer: { kind: 'answered', status: statusCode, contentType, sizeBytes },
    location: headers.location ?? null,
    connected: true,
  };
}

/** What is not written like a media type may be anything, and is shown nowhere. */
function mediaTypeOf(header = ''): string | null {
  const [told = ''] = header.split(';', 1);
  return /^\s*([\w.+-]{1,60}\/[\w.+-]{1,60})\s*$/.exec(told)?.[1]?.toLowerCase() ?? null;
}

/** Of the file, not of what an encoding or a range made of it. */
function sizeOf(status: number, headers: IncomingHttpHeaders): number | null {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return null;
  const told =
    status === 206
      ? /^bytes 0-0\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1]
      : /^\d{1,15}$/.exec(headers['content-length'] ?? '')?.[0];
  return told === undefined ? null : Number(told);
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'refused'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'reset'],
  [/^HPE_/, 'bad_http'],
  [/^(EPROTO$|ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_)/, 'tls'],
];

function wordOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return WORDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'unreachable';
}
