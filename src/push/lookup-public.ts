import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isPublicAddress } from '../domain/public-address.js';

type Answer = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** A name leads to an address that is not public, and the endpoint does not allow that. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';

  constructor() {
    super('the name leads to an address that is not public');
  }
}

/** Resolves a name for the connection that is made with the answer: what was checked is what is connected to. */
export function lookupPublic(hostname: string, options: LookupOptions, answer: Answer): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return answer(error, []);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => !isPublicAddress(address))) {
      return answer(new PrivateAddressError(), []);
    }
    return options.all === true ? answer(null, addresses) : answer(null, first.address, first.family);
  });
}
