import { isIP } from 'node:net';
import fc from 'fast-check';
import { addressOfHost, isPublicAddress, parseAddress } from '../../src/domain/public-address.js';
import { inspect } from '../../src/preflight/inspect.js';
import { type FileHost, PUBLIC, startFileHost } from '../preflight/file-host.js';

// Which addresses a file's host may have, and what is done when one of several leads nowhere.

type Network = readonly [network: string, first: string, last: string];

/** https://www.iana.org/assignments/iana-ipv4-special-registry: its blocks, and 224.0.0.0/4, which is multicast. */
const SPECIAL_IPV4: readonly Network[] = [
  ['0.0.0.0/8', '0.0.0.0', '0.255.255.255'],
  ['0.0.0.0/32', '0.0.0.0', '0.0.0.0'],
  ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
  ['100.64.0.0/10', '100.64.0.0', '100.127.255.255'],
  ['127.0.0.0/8', '127.0.0.0', '127.255.255.255'],
  ['169.254.0.0/16', '169.254.0.0', '169.254.255.255'],
  ['172.16.0.0/12', '172.16.0.0', '172.31.255.255'],
  ['192.0.0.0/24', '192.0.0.0', '192.0.0.255'],
  ['192.0.0.8/32', '192.0.0.8', '192.0.0.8'],
  ['192.0.0.170/31', '192.0.0.170', '192.0.0.171'],
  ['192.0.2.0/24', '192.0.2.0', '192.0.2.255'],
  ['192.31.196.0/24', '192.31.196.0', '192.31.196.255'],
  ['192.52.193.0/24', '192.52.193.0', '192.52.193.255'],
  ['192.88.99.0/24', '192.88.99.0', '192.88.99.255'],
  ['192.168.0.0/16', '192.168.0.0', '192.168.255.255'],
  ['192.175.48.0/24', '192.175.48.0', '192.175.48.255'],
  ['198.18.0.0/15', '198.18.0.0', '198.19.255.255'],
  ['198.51.100.0/24', '198.51.100.0', '198.51.100.255'],
  ['203.0.113.0/24', '203.0.113.0', '203.0.113.255'],
  ['224.0.0.0/4', '224.0.0.0', '239.255.255.255'],
  ['240.0.0.0/4', '240.0.0.0', '255.255.255.254'],
  ['255.255.255.255/32', '255.255.255.255', '255.255.255.255'],
];

/** https://www.iana.org/assignments/iana-ipv6-special-registry: its blocks but 64:ff9b::/96, and multicast. */
const SPECIAL_IPV6: readonly Network[] = [
  ['::1/128', '::1', '::1'],
  ['::/128', '::', '::'],
  ['::ffff:0:0/96', '::ffff:0.0.0.0', '::ffff:255.255.255.255'],
  ['::ffff:0:0/96 of a public one', '::ffff:8.8.8.8', '::ffff:808:808'],
  ['64:ff9b:1::/48', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:808:808'],
  ['100::/64', '100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::/64', '100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['2001::/23', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001::/32 (Teredo)', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:1::1/128', '2001:1::1', '2001:1::3'],
  ['2001:2::/48', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
  ['2001:3::/32', '2001:3::', '2001:3:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:4:112::/48', '2001:4:112::', '2001:4:112:ffff:ffff:ffff:ffff:ffff'],
  ['2001:10::/28', '2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:20::/28', '2001:20::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:30::/28', '2001:30::', '2001:3f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::/16 (6to4)', '2002:808:808::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::/48', '2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::/20', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::/16', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::/7', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::/10', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fec0::/10 (site-local, deprecated)', 'fec0::', 'feff::'],
  ['ff00::/8 (multicast)', 'ff00::', 'ff0e::1'],
];

describe('an address of IANA’s special-purpose registries', () => {
  it.each([...SPECIAL_IPV4, ...SPECIAL_IPV6])('is not public: %s', (_network, first, last) => {
    expect([isPublicAddress(first), isPublicAddress(last)]).toEqual([false, false]);
  });

  it.each(SPECIAL_IPV4)('is none the more public behind DNS64: %s', (_network, first, last) => {
    expect([first, last].map((address) => isPublicAddress(`64:ff9b::${address}`))).toEqual([false, false]);
  });
});

it.each([
  ['a host behind DNS64, by its groups', '64:ff9b::6812:27e4'],
  ['the same with IPv4 at its end', '64:ff9b::104.18.39.228'],
  ['the same in full', '0064:ff9b:0000:0000:0000:0000:6812:27e4'],
  ['the same in capitals', '64:FF9B::6812:27E4'],
  ['the neighbour of a private network', '172.32.0.0'],
  ['the neighbour of documentation', '2001:db9::1'],
  ['the neighbour of 6to4', '2003::1'],
  ['the neighbour of the cloud’s host', '168.63.129.17'],
])('is public: %s, %s', (_what, address) => expect(isPublicAddress(address)).toBe(true));

it.each([
  ['octal', '0177.0.0.1'],
  ['octal that is public', '010.8.8.8'],
  ['hexadecimal', '0x7f.0.0.1'],
  ['a single number', '2130706433'],
  ['three parts', '127.0.1'],
  ['a dot at the end', '8.8.8.8.'],
  ['a zone', '2a00:1450:4001::200e%eth0'],
  ['a zone that is encoded', 'fe80::1%25eth0'],
  ['brackets', '[2a00:1450:4001::200e]'],
  ['a blank', ' 8.8.8.8'],
  ['a prefix', '8.8.8.8/32'],
  ['a port', '8.8.8.8:443'],
  ['digits of another script', '８.８.８.８'],
  ['a name', 'dns.google'],
  ['the host of Azure’s machines', '168.63.129.16'],
])('is no public address: %s, %s', (_what, text) => expect(isPublicAddress(text)).toBe(false));

it('reads what Node reads as an address, but for zones, and never throws', () => {
  const part = fc.constantFrom(
    '0',
    '1',
    '8',
    '10',
    '127',
    '010',
    '255',
    '256',
    'ffff',
    '64',
    'ff9b',
    '',
    'g',
    '%1',
  );
  const text = fc.tuple(fc.constantFrom('.', ':'), fc.array(part, { minLength: 1, maxLength: 9 }));
  const odd = fc.oneof(
    fc.string(),
    fc.ipV4(),
    fc.ipV6(),
    text.map(([dot, parts]) => parts.join(dot)),
  );
  fc.assert(
    fc.property(odd, (address) => {
      expect(parseAddress(address) !== null).toBe(isIP(address) !== 0 && !address.includes('%'));
      addressOfHost(address);
    }),
    { numRuns: 2000 },
  );
});

it('judges what is embedded in 64:ff9b::/96 as IPv4 alone is judged', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(isPublicAddress(`64:ff9b::${address}`)).toBe(isPublicAddress(address));
      expect(isPublicAddress(`::ffff:${address}`)).toBe(false);
      expect(isPublicAddress(`64:ff9b:1::${address}`)).toBe(false);
    }),
  );
});

describe('a name that leads to several addresses', () => {
  const [OTHER, IPV6, NAT64] = ['1.1.1.1', '2606:4700::1111', '64:ff9b::6812:27e4'];
  let host: FileHost;
  beforeEach(async () => {
    host = await startFileHost();
  });
  afterEach(() => host.close());

  function look(...addresses: readonly string[]) {
    host.lead('*', ...addresses);
    const file = { fileUrl: 'https://files.example.com/a.pdf', mediaType: 'document' } as const;
    return inspect(file, { network: host.network, now: () => 1_763_815_000_000 });
  }

  it.each([
    ['an AAAA that leads nowhere', [IPV6, PUBLIC], { dead: [IPV6], dialled: [IPV6, PUBLIC] }],
    [
      'IPv4 that leads nowhere, as where IPv6 is all',
      [PUBLIC, IPV6],
      { dead: [PUBLIC], dialled: [PUBLIC, IPV6] },
    ],
    ['the same behind DNS64', [PUBLIC, NAT64], { dead: [PUBLIC], dialled: [PUBLIC, NAT64] }],
    ['one of two that is down', [PUBLIC, OTHER], { dead: [PUBLIC], dialled: [PUBLIC, OTHER] }],
    ['a whole family', [PUBLIC, OTHER, IPV6], { dead: [PUBLIC, OTHER], dialled: [PUBLIC, IPV6] }],
  ])('is asked at the next one: %s', async (_what, addresses, { dead, dialled }) => {
    host.lose(...dead);
    expect(await look(...addresses)).toMatchObject({ kind: 'fine' });
    expect(host.dialled).toEqual(dialled);
  });

  it('is not asked at more than four of them, nor at another once one has answered', async () => {
    const many = ['8.8.8.8', '11.0.0.1', '172.32.0.1', '100.128.0.1', '192.167.255.255'];
    host.lose(...many);
    expect(await look(...many)).toMatchObject({ kind: 'unclear', reason: 'refused' });
    expect(host.dialled).toEqual(many.slice(0, 4));
    host.answerWith((_, response) => response.writeHead(500).end());
    expect(await look(PUBLIC, OTHER)).toMatchObject({ reason: 'http_500' });
    expect(host.dialled.slice(4)).toEqual([PUBLIC]);
  });

  it.each([
    ['private', [PUBLIC, '10.0.0.1']],
    ['private behind DNS64', [PUBLIC, '64:ff9b::a00:1']],
    ['IPv4 in IPv6', [PUBLIC, '::ffff:8.8.8.8']],
    ['6to4', [PUBLIC, '2002:808:808::1']],
  ])('is asked at none of them where one is %s', async (_what, addresses) => {
    host.lose(PUBLIC);
    expect(await look(...addresses)).toMatchObject({ kind: 'fault', reason: 'link_not_public' });
    expect(host.dialled).toEqual([]);
    expect(host.strayed()).toBe(0);
  });
});
