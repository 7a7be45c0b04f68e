import { isPrivateHost } from '../../src/domain/private-host.js';
import {
  maskWebhookUrl,
  silenceFault,
  type WebhookSettings,
  webhookFaults,
} from '../../src/domain/webhook-needs.js';

const RIGHT: WebhookSettings = {
  url: 'https://a.example/webhooks/token-1',
  system: true,
  readStatus: true,
  retry: true,
  others: {},
};
const codes = (settings: Partial<WebhookSettings>, tokens: readonly string[] = ['token-1']) =>
  webhookFaults({ ...RIGHT, ...settings }, tokens).map(({ code }) => code);

describe('a webhook', () => {
  it.each<[Partial<WebhookSettings>, string[]]>([
    [{}, []],
    [{ url: 'https://a.example/in/webhooks/token-1/' }, []],
    [{ url: 'http://127.0.0.1:8081/webhooks/token-1' }, []],
    [{ url: null }, ['url_missing']],
    [{ url: 'a.example' }, ['url_unusable']],
    [{ url: 'ftp://a.example/webhooks/token-1' }, ['url_unusable']],
    [{ url: 'http://a.example/webhooks/token-1' }, ['url_insecure']],
    [{ url: 'https://a.example/' }, ['url_foreign']],
    [{ url: 'https://a.example/webhooks/' }, ['url_foreign']],
    [{ url: 'https://a.example/webhooks/token-2' }, ['url_token']],
    [{ system: false, readStatus: false, retry: null }, ['read_status_off', 'system_off', 'retry_off']],
  ])('%j has the faults %j', (settings, faults) => {
    expect(codes(settings)).toEqual(faults);
  });

  it('may hold any token where none is known', () => {
    expect(codes({ url: 'https://a.example/webhooks/token-2' }, [])).toEqual([]);
  });

  it('says that a flag was not told', () => {
    expect(webhookFaults({ ...RIGHT, retry: null }, []).map(({ wrong }) => wrong)).toEqual([
      'retry is not told, which counts as off: a callback that could not be taken is lost for ever',
    ]);
  });
});

it.each([
  ['https://a.example/webhooks/token-1', 'https://a.example/webhooks/…'],
  ['https://me:pass@a.example/webhooks/token-1?x=1', 'https://a.example/webhooks/…'],
  ['https://a.example/secret/hook', 'https://a.example/…'],
  ['https://a.example/?secret', 'https://a.example/…'],
  ['https://a.example/', 'https://a.example'],
  ['ftp-secret', '…'],
  ['mailto:secret', '…'],
])('shows %s as %s', (address, shown) => {
  expect(maskWebhookUrl(address)).toBe(shown);
});

it.each([
  ['account_error', '3', 'key_wrong'],
  ['account_error', 'http_401', 'key_wrong'],
  ['account_error', '2', 'number_unknown'],
  ['account_error', 'http_403', 'forbidden'],
  ['account_error', 'http_404', 'base_url_wrong'],
  ['not_sent', 'refused', 'unreachable'],
  ['unknown', 'timeout', 'no_answer'],
  ['throttled', 'http_429', 'no_answer'],
] as const)('takes %s (%s) for %s', (kind, reason, code) => {
  expect(silenceFault({ kind, reason }).code).toBe(code);
});

it.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.20.0.1', true],
  ['172.32.0.1', false],
  ['8.8.8.8', false],
  ['[::1]', true],
  ['[fd00::1]', true],
  ['[2001:db8::1]', false],
  ['redis', true],
  ['app.internal', true],
  ['a.example', false],
])('takes the host %s for private: %s', (host, isPrivate) => {
  expect(isPrivateHost(host)).toBe(isPrivate);
});
