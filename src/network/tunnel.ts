import { type IncomingMessage, request as requestByHttp } from 'node:http';
import { request as requestByTls } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { type ProxyAddress, type ProxyRules, proxyFor } from '../domain/proxy.js';

/** Opens a connection to a host's port through a proxy. @throws TunnelError; nothing has reached the host then */
export type OpenTunnel = (host: string, port: number, timeoutMs: number) => Promise<Socket>;

/** The way to a URL: null where it is reached without a proxy. */
export type TunnelTo = (url: URL) => OpenTunnel | null;

/** A proxy gave no way to the host: it cannot be reached, or has refused. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';
  readonly code = 'WAYBILL_PROXY';
}

type ProxyDeps = {
  readonly rules: ProxyRules;
  readonly authorization: (scheme: 'https' | 'http') => string | null;
};

/** Every request goes through a tunnel (CONNECT), plain http too: what a proxy says is never taken for the host's word. */
export function createTunnels({ rules, authorization }: ProxyDeps): TunnelTo {
  return (url) => {
    const scheme = proxyFor(url, rules);
    const proxy = scheme === null ? null : rules[scheme];
    if (scheme === null || proxy === null) return null;
    return (host, port, timeoutMs) =>
      openTunnel(proxy, { host, port, timeoutMs, authorization: authorization(scheme) });
  };
}

type Target = {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly authorization: string | null;
};

function openTunnel(proxy: ProxyAddress, target: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = ask(proxy, target);
    const fail = (why: string) => {
      clearTimeout(timer);
      asked.destroy();
      reject(new TunnelError(`the proxy ${why}`));
    };
    const timer = setTimeout(() => fail('did not answer in time'), target.timeoutMs);
    asked.on('connect', (answer: IncomingMessage, socket: Socket, head: Buffer) => {
      clearTimeout(timer);
      if (answer.statusCode === undefined || answer.statusCode < 200 || answer.statusCode > 299) {
        socket.destroy();
        return fail(`answered HTTP ${answer.statusCode}`);
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    // Also what comes after the end: the first word stands.
    asked.on('error', (error) => fail(`cannot be reached (${codeOf(error)})`));
    asked.end();
  });
}

function ask(proxy: ProxyAddress, { host, port, authorization }: Target) {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const request = proxy.tls ? requestByTls : requestByHttp;
  return request({
    host: proxy.host,
    port: proxy.port,
    // Else the name in the Host header, which is the target's, would be asked of the proxy's certificate.
    servername: isIP(proxy.host) === 0 ? proxy.host : '',
    method: 'CONNECT',
    path: authority,
    agent: false,
    headers: {
      host: authority,
      'user-agent': 'waybill',
      ...(authorization === null ? {} : { 'proxy-authorization': authorization }),
    },
  });
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
