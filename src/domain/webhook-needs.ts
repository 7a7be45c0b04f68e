import type { Outcome } from './outcome.js';
import { isPrivateHost } from './private-host.js';

export type Scalar = string | number | boolean;

/** The account's webhook as the provider has it; null: not told. `url` holds our token: not for logs. */
export type WebhookSettings = {
  readonly url: string | null;
  readonly system: boolean | null;
  readonly readStatus: boolean | null;
  readonly retry: boolean | null;
  /** What else it told, to be sent back with a change. */
  readonly others: Readonly<Record<string, Scalar>>;
};

/** Something that keeps callbacks away: a stable word, what is wrong, and what would be right. */
export type WebhookFault = { readonly code: string; readonly wrong: string; readonly right: string };

/** All that is wrong with an account's webhook. Without `tokens` nobody can tell whether the address holds one of them. */
export function webhookFaults(settings: WebhookSettings, tokens: readonly string[]): WebhookFault[] {
  const address = addressFault(settings.url, tokens);
  const off = NEEDED_FLAGS.filter(({ flag }) => settings[flag] !== true);
  return [
    ...(address === null ? [] : [address]),
    ...off.map(({ flag, code, lost }) => ({
      code,
      wrong: `${flag} is ${settings[flag] === null ? 'not told, which counts as off' : 'off'}: ${lost}`,
      right: `${flag} 1`,
    })),
  ];
}

export const NEEDED_FLAGS = [
  {
    flag: 'readStatus',
    code: 'read_status_off',
    lost: 'sent, delivered and read are never told, so deliveries stay accepted',
  },
  { flag: 'system', code: 'system_off', lost: 'failed messages and trouble with the account are not told' },
  { flag: 'retry', code: 'retry_off', lost: 'a callback that could not be taken is lost for ever' },
] as const;

const RIGHT_ADDRESS = 'https://<your host>/webhooks/<token>';

function addressFault(address: string | null, tokens: readonly string[]): WebhookFault | null {
  const fault = (code: string, wrong: string) => ({ code, wrong, right: RIGHT_ADDRESS });
  if (address === null) return fault('url_missing', 'no address is set: not a single callback comes');
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol))
    return fault('url_unusable', 'the address is no https URL');
  if (url.protocol === 'http:' && !isPrivateHost(url.hostname))
    return fault('url_insecure', 'the address is plain http: token and messages travel readable');
  const token = tokenOf(url);
  if (token === null) return fault('url_foreign', 'the address is not that of a Waybill webhook consumer');
  if (tokens.length === 0 || tokens.includes(token)) return null;
  return fault('url_token', 'the address holds a token that is not in WAYBILL_WEBHOOK_TOKEN');
}

/** A proxy may put something before it. */
function tokenOf({ pathname }: URL): string | null {
  return /\/webhooks\/([^/]+)\/?$/.exec(pathname)?.[1] ?? null;
}

/** The address as it may be shown: of a path that is not ours nobody knows what in it is secret. */
export function maskWebhookUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || url.origin === 'null') return '…';
  const { origin } = url;
  if (tokenOf(url) !== null) return `${origin}/webhooks/…`;
  return url.pathname.length > 1 || url.search !== '' ? `${origin}/…` : origin;
}

/** Why the provider gave no settings, as far as somebody here can mend it. */
export function silenceFault({ kind, reason }: Pick<Outcome, 'kind' | 'reason'>): WebhookFault {
  const known = BY_REASON[reason];
  if (known !== undefined) return known;
  if (kind === 'account_error') return NOT_THE_API;
  if (kind === 'not_sent') return { ...UNREACHABLE, wrong: `${UNREACHABLE.wrong} (${reason})` };
  return {
    code: 'no_answer',
    wrong: `the provider gave no usable answer (${reason})`,
    right: 'OK; try again later',
  };
}

const WRONG_KEY: WebhookFault = {
  code: 'key_wrong',
  wrong: 'the provider refuses the API key',
  right: 'the key that the provider shows for this number, in WAYBILL_ACCOUNTS or WAYBILL_PROVIDER_API_KEY',
};
const BY_REASON: Readonly<Partial<Record<string, WebhookFault>>> = {
  '2': {
    code: 'number_unknown',
    wrong: 'the provider knows no account with this number',
    right: 'the number as the provider shows it, digits only, in WAYBILL_ACCOUNTS or WAYBILL_FROM',
  },
  '3': WRONG_KEY,
  http_401: WRONG_KEY,
  http_403: {
    code: 'forbidden',
    wrong: 'the provider forbids the call',
    right: 'a key, and an address of ours, that the provider allows',
  },
};
const NOT_THE_API: WebhookFault = {
  code: 'base_url_wrong',
  wrong: 'what answers is not the provider’s API',
  right: 'the provider’s base URL in WAYBILL_PROVIDER_URL',
};
const UNREACHABLE: WebhookFault = {
  code: 'unreachable',
  wrong: 'the provider cannot be reached',
  right: 'WAYBILL_PROVIDER_URL as the provider has it, and a way there',
};
