/** A host without brackets, and a port; port 0 means any free one where it is listened on. */
export type HostPort = {
  /** Name or address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
};

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where this machine calls what listens there. Both forms of every interface take IPv4. */
export function calledAt({ host, port }: HostPort): HostPort {
  return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port };
}
