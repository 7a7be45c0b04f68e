import { buildConnector } from 'undici';
import type { OpenTunnel } from './tunnel.js';

export type ConnectorOptions = buildConnector.BuildOptions & { readonly timeout: number };

/**
 * How undici connects: directly, or through a tunnel, in which TLS is spoken with the host itself. A tunnel that does
 * not open is an error of connecting, so nothing of a request has left.
 */
export function createConnector(
  options: ConnectorOptions,
  tunnel: OpenTunnel | null,
): buildConnector.connector {
  const connect = buildConnector(options);
  if (tunnel === null) return connect;
  return (target, answer) => {
    const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
    const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
    tunnel(host, port, options.timeout).then(
      (httpSocket) => {
        if (target.protocol === 'https:') connect({ ...target, httpSocket }, answer);
        else answer(null, httpSocket);
      },
      (error: Error) => answer(error, null),
    );
  };
}
