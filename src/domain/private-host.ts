import { addressOfHost, isPrivateNetwork } from './public-address.js';

const LINK_LOCAL_IPV4 = /^169\.254\./;

/**
 * Whether a URL's host, as `URL` has it, is this machine or lies in a private network. Names are not looked up. Clouds
 * keep their metadata at IPv4's link-local addresses, so those do not count.
 */
export function isPrivateHost(host: string): boolean {
  const address = addressOfHost(host);
  if (address !== null) return isPrivateNetwork(address) && !LINK_LOCAL_IPV4.test(address);
  return !host.includes('.') || /\.(local|internal|localhost|svc|test)$/.test(host);
}
