import { BlockList, isIP } from 'node:net';
import { ConfigError, type ConfigFault } from '../errors.js';

/** Whether a client's address may call; unknown addresses may only where everyone may. */
export type AddressCheck = (address: string | undefined) => boolean;

/**
 * An allow list of addresses and CIDRs; none at all means everyone. IPv4 entries also match their
 * IPv6-mapped form, which is how a dual-stack socket spells them.
 * @throws ConfigError naming WAYBILL_WEBHOOK_ALLOW when an entry is neither
 */
export function createAddressCheck(allow: readonly string[]): AddressCheck {
  if (allow.length === 0) return () => true;
  const list = new BlockList();
  const faults = allow.flatMap((entry, index) => (addEntry(list, entry.trim()) ? [] : [entryFault(index)]));
  if (faults.length > 0) throw new ConfigError(faults);
  return (address) => {
    const family = familyOf(address);
    return address !== undefined && family !== undefined && list.check(address, family);
  };
}

function addEntry(list: BlockList, entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const family = familyOf(address);
  if (family === undefined || rest.length > 0) return false;
  if (bits === undefined) {
    list.addAddress(address, family);
    return true;
  }
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 'ipv4' ? 32 : 128)) return false;
  list.addSubnet(address, Number(bits), family);
  return true;
}

function entryFault(index: number): ConfigFault {
  return {
    name: 'WAYBILL_WEBHOOK_ALLOW',
    problem: `entry ${index + 1} is not an address`,
    expected: 'addresses or CIDRs, comma-separated, such as 192.0.2.7,198.51.100.0/24',
  };
}

function familyOf(address: string | undefined): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address ?? '');
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}

/**
 * Who called, behind a known number of proxies: each of them appends the address that it saw to
 * `X-Forwarded-For`, so ours is that many from the end; what stands before it the caller may have made up.
 * A chain that is too short did not come through all the proxies: undefined.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: number,
): string | undefined {
  if (proxies === 0) return peer;
  const chain = forwardedFor?.split(',') ?? [];
  const address = chain.at(-proxies);
  return address === undefined ? undefined : withoutPort(address.trim());
}

// Some proxies write `192.0.2.7:4711` or `[2001:db8::7]:4711`.
function withoutPort(address: string): string {
  return address.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1').replace(/^\[(.+)\](:\d+)?$/, '$1');
}
