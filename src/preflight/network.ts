import { Resolver } from 'node:dns/promises';
import { SECOND } from '../domain/time.js';
import type { TunnelTo } from '../network/tunnel.js';

/** How a link's host is reached. The rule of which addresses may be is no part of it: nothing here can switch it off. */
export type Network = {
  /** Every address that a name leads to; none where nobody knows it. */
  readonly resolve: (name: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Where a connection to an address is opened. */
  readonly dial: (address: string) => { readonly host: string; readonly port: number };
  /** The way to a link's host, where it is through a proxy; which then looks the name up. */
  readonly tunnelTo?: TunnelTo;
  /** PEM of authorities to trust in place of the usual ones. */
  readonly ca?: string;
};

const DNS_TIMEOUT_MS = 2 * SECOND;
export const HTTPS_PORT = 443;

export const systemNetwork: Network = {
  resolve: resolveBy(),
  dial: (address) => ({ host: address, port: HTTPS_PORT }),
};

/**
 * Asks the name servers themselves, the system's unless others are named: no hosts file and no search domain gives a
 * name another meaning, and slow servers do not keep the threads that look up the provider's name.
 */
export function resolveBy(servers?: readonly string[]): Network['resolve'] {
  return async (name, signal) => {
    const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 1 });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DNS_TIMEOUT_MS)]);
    limit.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    } finally {
      limit.removeEventListener('abort', cancel);
    }
  };
}
