import type { Server } from 'node:net';
import { formatHostPort, type HostPort } from '../domain/host-port.js';
import { ListenError } from '../errors.js';

/** A server, and how it is opened and closed: Fastify has its own ways. */
export type Listener = {
  listen(at: ListenAt): Promise<unknown>;
  close(): Promise<unknown>;
  readonly server: Server;
};

export type ListenAt = HostPort & { readonly backlog?: number };

/** As bound; `address` is both together. */
export type Bound = HostPort & { readonly address: string };

/**
 * Listens; `::` takes IPv4 too, and on a host without IPv6 it means every IPv4 interface.
 * @throws ListenError naming `setting` when the address cannot be had; the listener is closed then
 */
export async function listenAt(listener: Listener, at: ListenAt, setting: string): Promise<Bound> {
  try {
    const { host, port, backlog } = at;
    const options = { host, port, ...(backlog === undefined ? {} : { backlog }) };
    await listener.listen(options).catch((error: unknown) => {
      if (at.host !== '::' || !isWithoutIpv6(error)) throw error;
      return listener.listen({ ...options, host: '0.0.0.0' });
    });
  } catch (cause) {
    await listener.close();
    throw new ListenError({ setting, address: formatHostPort(at) }, { cause });
  }
  const bound = listener.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a listening server has a port');
  const { address: host, port } = bound;
  return { address: formatHostPort({ host, port }), host, port };
}

const WITHOUT_IPV6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

function isWithoutIpv6(error: unknown): boolean {
  return error instanceof Error && 'code' in error && WITHOUT_IPV6.has(error.code);
}
