import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isPublicAddress } from '../domain/public-address.js';

type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  found: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;
type Answer = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** A name leads to an address that is not public, and the endpoint does not allow that. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';

  constructor() {
    super('the name leads to an address that is not public');
  }
}

/**
 * Resolves a name for the connection that is made with the answer: what was checked is what is connected to. Every
 * address is judged, those too that are only tried when the first leads nowhere.
 */
export function publicLookup(resolve: Resolve = lookup) {
  return (hostname: string, options: LookupOptions, answer: Answer): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return answer(error, []);
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => !isPublicAddress(address))) {
        return answer(new PrivateAddressError(), []);
      }
      return options.all === true ? answer(null, addresses) : answer(null, first.address, first.family);
    });
  };
}
