import fc from 'fast-check';
import { readEnv } from '../../src/config/env.js';
import { createSecrets } from '../../src/config/secrets.js';
import { parseConfig } from '../../src/config.js';
import { type ProxyRules, proxyFor } from '../../src/domain/proxy.js';
import { ConfigError } from '../../src/errors.js';
import { type Receiver, startReceiver } from '../push/receiver.js';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Line, openLine } from '../worker/line.js';

// HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as people set them for every program of a machine.

const PROXY = { host: 'proxy', port: 3128, tls: false };
const rulesWith = (...except: readonly string[]): ProxyRules => ({ https: PROXY, http: PROXY, except });

describe('NO_PROXY', () => {
  it.each([
    ['*', 'https://api.example.com/'],
    ['api.example.com', 'https://api.example.com/'],
    ['example.com', 'https://api.example.com/'],
    ['.example.com', 'https://api.example.com/'],
    ['*.example.com', 'https://api.example.com/'],
    ['.example.com', 'https://example.com/'],
    ['example.com', 'https://example.com./'],
    ['example.com.', 'https://example.com/'],
    ['example.com:443', 'https://example.com/'],
    ['example.com:8443', 'https://example.com:8443/'],
    ['10.1.2.3', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://0x0a010203/'],
    ['10.0.0.0/8:8080', 'http://10.1.2.3:8080/'],
    ['fd00::/8', 'https://[fd12::1]/'],
    ['fd12::1', 'https://[fd12:0:0::1]/'],
    ['[fd12::1]:443', 'https://[fd12::1]/'],
    ['svc', 'http://redis.default.svc/'],
  ])('with %s, %s is reached directly', (entry, url) => {
    expect(proxyFor(new URL(url), rulesWith('elsewhere.example', entry))).toBeNull();
  });

  it.each([
    ['example.com', 'https://notexample.com/'],
    ['api.example.com', 'https://example.com/'],
    ['example.com:80', 'https://example.com/'],
    ['10.0.0.0/8', 'https://11.1.2.3/'],
    ['10.0.0.0/8', 'https://host-in-10.example/'],
    ['10.0.0.0/99', 'https://10.1.2.3/'],
    ['10.0.0.0/x', 'https://10.1.2.3/'],
    ['0.0.0.0/0', 'https://[fd12::1]/'],
    ['http://example.com', 'https://example.com/'],
    ['.', 'https://example.com/'],
    [':443', 'https://example.com/'],
  ])('with %s, %s still goes through the proxy', (entry, url) => {
    expect(proxyFor(new URL(url), rulesWith(entry))).not.toBeNull();
  });

  it('takes any text, and never throws', () => {
    const url = new URL('https://files.example.com/');
    fc.assert(fc.property(fc.array(fc.string()), (except) => void proxyFor(url, rulesWith(...except))));
  });
});

it.each([
  'http://localhost:8090/',
  'http://127.0.0.1:8090/',
  'http://127.8.8.8/',
  'http://[::1]/',
  'http://x.localhost/',
])('reaches this machine itself without a proxy: %s', (url) =>
  expect(proxyFor(new URL(url), rulesWith())).toBeNull(),
);

it('uses the proxy of the scheme, and none for the other one', () => {
  const rules: ProxyRules = { https: PROXY, http: null, except: [] };
  expect(proxyFor(new URL('https://example.com/'), rules)).toBe('https');
  expect(proxyFor(new URL('http://example.internal/'), rules)).toBeNull();
});

describe('the settings', () => {
  const read = (env: Readonly<Record<string, string>>) => {
    const { config, sources } = parseConfig(readEnv(env));
    return { config, secrets: createSecrets(sources, { now: Date.now, onFailure: () => undefined }) };
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['http://proxy.example:3128', { host: 'proxy.example', port: 3128, tls: false }, null],
    ['http://proxy.example', { host: 'proxy.example', port: 80, tls: false }, null],
    ['https://proxy.example/', { host: 'proxy.example', port: 443, tls: true }, null],
    ['proxy.example:3128', { host: 'proxy.example', port: 3128, tls: false }, null],
    ['10.0.0.1:3128', { host: '10.0.0.1', port: 3128, tls: false }, null],
    ['http://[fd00::1]:3128', { host: 'fd00::1', port: 3128, tls: false }, null],
    [
      'http://user:p%40ss@proxy.example:3128',
      { host: 'proxy.example', port: 3128, tls: false },
      basic('user:p@ss'),
    ],
    [
      'user:secret@proxy.example:3128',
      { host: 'proxy.example', port: 3128, tls: false },
      basic('user:secret'),
    ],
    ['http://user@proxy.example:3128', { host: 'proxy.example', port: 3128, tls: false }, basic('user:')],
  ])('take %s', (text, address, authorization) => {
    const { config, secrets } = read({ HTTPS_PROXY: text });
    expect(config.proxies).toEqual({ https: address, http: null, except: [] });
    expect(secrets.proxyAuthorization('https')).toBe(authorization);
    expect(secrets.proxyAuthorization('http')).toBeNull();
  });

  it.each([
    'socks5://proxy.example:1080',
    'http://',
    'http://proxy.example/path',
    'http://a:%zz@proxy.example',
    'none at all',
  ])('refuse %s, and do not repeat it', (text) => {
    const fault = (): unknown => {
      try {
        return read({ HTTPS_PROXY: text });
      } catch (error) {
        return error;
      }
    };
    expect(fault()).toBeInstanceOf(ConfigError);
    expect(String(fault())).toContain('HTTPS_PROXY');
    expect(String(fault())).not.toContain('proxy.example');
  });

  it('are read in lower case too, which goes first, and may switch a proxy off', () => {
    const [upper, lower] = ['http://upper:1', 'http://lower:2'];
    expect(read({ https_proxy: lower }).config.proxies.https?.host).toBe('lower');
    expect(read({ HTTPS_PROXY: upper, https_proxy: lower }).config.proxies.https?.host).toBe('lower');
    expect(read({ HTTPS_PROXY: upper, https_proxy: '' }).config.proxies.https).toBeNull();
    expect(read({ HTTP_PROXY: upper }).config.proxies.http?.host).toBe('upper');
    expect(read({ no_proxy: ' .Example.com, 10.0.0.0/8  x' }).config.proxies.except).toEqual([
      '.example.com',
      '10.0.0.0/8',
      'x',
    ]);
  });

  it('are shown without user and password', () => {
    const { config } = read({ HTTPS_PROXY: 'http://user:hidden@proxy.example:3128' });
    const shown = config.settings.find(({ name }) => name === 'HTTPS_PROXY')?.value;
    expect(shown).toBe('http://proxy.example:3128');
    expect(JSON.stringify(config)).not.toMatch(/hidden|user:|Basic/);
  });
});

describe('a worker behind a proxy', () => {
  const redis = withRedis();
  const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
  let open: { close(): Promise<unknown> }[] = [];
  let line: Line;
  let proxy: ConnectProxy;
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await startReceiver();
    const ports: Record<string, number> = { 'app.internal:80': receiver.port };
    proxy = await startConnectProxy(ports);
    line = await openLine(redis.url, {
      env: {
        HTTP_PROXY: `http://user:hidden@127.0.0.1:${proxy.port}`,
        WAYBILL_PROVIDER_URL: 'http://provider.internal/whatsapp/v2',
        WAYBILL_EVENT_ENDPOINTS: JSON.stringify([
          { name: 'app', url: 'http://app.internal/hook', secrets: [SECRET], allowPrivate: true },
        ]),
      },
    });
    ports['provider.internal:80'] = Number(new URL(line.sandbox.url).port);
    open = [line, proxy, receiver];
  });
  afterEach(async () => {
    for (const each of open) await each.close();
  });

  it('sends and pushes events through it, and logs no password', async () => {
    await line.work();
    await line.waybill.enqueue(requestTo('972501234567', { id: 'one' }));
    await eventually(() => receiver.taken.some(({ event }) => event.type === 'delivery.accepted'));
    expect(new Set(proxy.asked.map(({ authority }) => authority))).toEqual(
      new Set(['provider.internal:80', 'app.internal:80']),
    );
    expect(line.lines().join('\n')).not.toMatch(/hidden|proxy-authorization|Basic /i);
  });

  it.each([407, 403, 502] as const)(
    'takes HTTP %i of the proxy neither for the account’s fault nor for an unknown outcome',
    async (status) => {
      proxy.answerWith(status);
      await line.work();
      await line.waybill.enqueue(requestTo('972501234567', { id: 'one' }));
      await eventually(async () => ((await line.waybill.get('one'))?.attempts.length ?? 0) >= 2);
      const view = await line.waybill.get('one');
      expect(new Set(view?.attempts.map(({ outcome, reason }) => `${outcome} ${reason}`))).toEqual(
        new Set(['not_sent proxy']),
      );
      expect(await redis.client.hget(`waybill:{${FROM}}:gate`, 'state')).not.toBe('paused');
      expect(line.sandbox.accepted()).toEqual([]);
      proxy.answerWith('opens');
      await eventually(async () => (await line.waybill.get('one'))?.status === 'accepted', {
        timeoutMs: 30_000,
      });
      expect(line.sandbox.accepted()).toHaveLength(1);
    },
  );
});
