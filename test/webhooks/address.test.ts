import { ConfigError } from '../../src/errors.js';
import { clientAddress, createAddressCheck } from '../../src/webhooks/address.js';

describe('the allow list', () => {
  const isAllowed = createAddressCheck(['192.0.2.7', ' 198.51.100.0/24', '2001:db8::/32']);

  test.each(['192.0.2.7', '::ffff:192.0.2.7', '198.51.100.200', '::ffff:198.51.100.1', '2001:db8::1'])(
    'lets %s in',
    (address) => expect(isAllowed(address)).toBe(true),
  );

  test.each(['192.0.2.8', '::ffff:192.0.2.8', '198.51.101.1', '2001:db9::1', 'no address', '', undefined])(
    'keeps %p out',
    (address) => expect(isAllowed(address)).toBe(false),
  );

  test('lets everyone in when it is empty', () => {
    expect(createAddressCheck([])(undefined)).toBe(true);
  });

  test.each(['example.com', '192.0.2.7/33', '192.0.2.0/x', '192.0.2.0/24/8', '/8', '2001:db8::/129', ''])(
    'cannot be made of %p',
    (entry) => {
      const make = () => createAddressCheck(['192.0.2.7', entry]);
      expect(make).toThrow(ConfigError);
      expect(make).toThrow('WAYBILL_WEBHOOK_ALLOW: entry 2');
    },
  );
});

describe("the client's address", () => {
  const PEER = '10.0.0.1';

  test.each<[string, [string | undefined, number], string | undefined]>([
    ['no proxy: the peer, whatever the header says', ['192.0.2.7', 0], PEER],
    ['one proxy: what it appended', ['203.0.113.9, 192.0.2.7', 1], '192.0.2.7'],
    ['two proxies: what the outer one appended', ['203.0.113.9, 192.0.2.7, 10.0.0.2', 2], '192.0.2.7'],
    ['a made-up beginning is not believed', ['198.51.100.1,192.0.2.7', 1], '192.0.2.7'],
    ['a chain that is too short', ['192.0.2.7', 2], undefined],
    ['no header behind a proxy', [undefined, 1], undefined],
    ['a port behind IPv4', ['192.0.2.7:4711', 1], '192.0.2.7'],
    ['a port behind IPv6', ['[2001:db8::7]:4711', 1], '2001:db8::7'],
    ['brackets alone', ['[2001:db8::7]', 1], '2001:db8::7'],
    ['bare IPv6', ['2001:db8::7', 1], '2001:db8::7'],
  ])('%s', (_name, [header, proxies], expected) => {
    expect(clientAddress(PEER, header, proxies)).toBe(expected);
  });
});
