import type { ConfigFault } from '../errors.js';
import type { SettingName, Values } from './settings.js';

/** What a command cannot do without: accounts with their keys, the webhook's token, callers of the API. */
export type Need = 'accounts' | 'webhookToken' | 'apiKeys';

export type RuleInput = {
  readonly values: Values;
  readonly isSet: (name: SettingName) => boolean;
  /** The variable that holds it: `NAME`, or `NAME_FILE`. */
  readonly variableOf: (name: SettingName) => string;
  readonly need: readonly Need[];
};

/** A rule over several settings; asked only when each of them is usable by itself. The first one is blamed. */
type Rule = {
  readonly about: readonly [SettingName, ...SettingName[]];
  readonly broken: (input: RuleInput) => boolean;
  readonly problem: string;
  readonly expected: string;
};

/** Every rule that is broken, but for those about settings that are faulty already. */
export function checkRules(input: RuleInput, faulty: ReadonlySet<SettingName>): ConfigFault[] {
  return RULES.filter(({ about, broken }) => !about.some((name) => faulty.has(name)) && broken(input)).map(
    ({ about, problem, expected }) => ({ name: input.variableOf(about[0]), problem, expected }),
  );
}

const REDIS_FORMS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER'] as const;

const REDIS_RULES: readonly Rule[] = [
  {
    about: ['REDIS_CLUSTER', 'REDIS_URL', 'REDIS_SENTINELS'],
    broken: ({ isSet }) => isSet('REDIS_CLUSTER') && REDIS_FORMS.filter(isSet).length > 1,
    problem: 'is set beside another way to reach Redis',
    expected: 'one of REDIS_URL, REDIS_SENTINELS, REDIS_CLUSTER',
  },
  {
    about: ['REDIS_SENTINELS', 'REDIS_URL'],
    broken: ({ isSet }) => isSet('REDIS_SENTINELS') && isSet('REDIS_URL') && !isSet('REDIS_CLUSTER'),
    problem: 'is set beside another way to reach Redis',
    expected: 'one of REDIS_URL, REDIS_SENTINELS, REDIS_CLUSTER',
  },
  {
    about: ['REDIS_SENTINEL_NAME', 'REDIS_SENTINELS'],
    broken: ({ isSet }) => isSet('REDIS_SENTINELS') !== isSet('REDIS_SENTINEL_NAME'),
    problem: 'and REDIS_SENTINELS go together, and only one is set',
    expected: 'the master’s name and the sentinels’ addresses, or neither',
  },
  {
    about: ['REDIS_SENTINEL_PASSWORD', 'REDIS_SENTINELS'],
    broken: ({ isSet }) => isSet('REDIS_SENTINEL_PASSWORD') && !isSet('REDIS_SENTINELS'),
    problem: 'is set without REDIS_SENTINELS',
    expected: 'to be unset, or sentinels that it is for',
  },
  {
    about: ['REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'],
    broken: ({ isSet }) => isSet('REDIS_SENTINEL_USERNAME') && !isSet('REDIS_SENTINEL_PASSWORD'),
    problem: 'is set without REDIS_SENTINEL_PASSWORD',
    expected: 'to be unset, or the user’s password beside it',
  },
  {
    about: ['REDIS_PASSWORD', 'REDIS_URL'],
    broken: ({ values, isSet }) => isSet('REDIS_PASSWORD') && values.REDIS_URL.password !== null,
    problem: 'is set, and REDIS_URL holds a password too',
    expected: 'one of the two',
  },
  {
    about: ['REDIS_USERNAME', 'REDIS_URL'],
    broken: ({ values, isSet }) => isSet('REDIS_USERNAME') && values.REDIS_URL.username !== null,
    problem: 'is set, and REDIS_URL names a user too',
    expected: 'one of the two',
  },
  {
    about: ['REDIS_CA_FILE', 'REDIS_URL', 'REDIS_TLS'],
    broken: ({ values, isSet }) =>
      isSet('REDIS_CA_FILE') && !values.REDIS_TLS && !(isSet('REDIS_URL') && values.REDIS_URL.tls),
    problem: 'is set, but the connection is not by TLS',
    expected: 'a rediss:// URL or REDIS_TLS=on beside it',
  },
];

const ACCOUNT_RULES: readonly Rule[] = [
  {
    about: ['WAYBILL_ACCOUNTS'],
    broken: ({ need, isSet }) =>
      need.includes('accounts') && !isSet('WAYBILL_ACCOUNTS') && !isSet('WAYBILL_FROM'),
    problem: 'is not set',
    expected: 'a JSON array of accounts, or WAYBILL_FROM and WAYBILL_PROVIDER_API_KEY for a single one',
  },
  {
    about: ['WAYBILL_ACCOUNTS'],
    broken: ({ need, values }) =>
      need.includes('accounts') && (values.WAYBILL_ACCOUNTS ?? []).some(({ key }) => key.kind === 'none'),
    problem: 'has an account without a key',
    expected: 'apiKey or apiKeyFile in every account',
  },
  {
    about: ['WAYBILL_FROM', 'WAYBILL_ACCOUNTS'],
    broken: ({ isSet }) => isSet('WAYBILL_FROM') && isSet('WAYBILL_ACCOUNTS'),
    problem: 'is set beside WAYBILL_ACCOUNTS',
    expected: 'one of the two',
  },
  {
    about: ['WAYBILL_PROVIDER_API_KEY', 'WAYBILL_FROM'],
    broken: ({ need, isSet }) =>
      need.includes('accounts') && isSet('WAYBILL_FROM') && !isSet('WAYBILL_PROVIDER_API_KEY'),
    problem: 'is not set',
    expected: 'the provider’s key of WAYBILL_FROM',
  },
  {
    about: ['WAYBILL_FROM', 'WAYBILL_PROVIDER_API_KEY'],
    broken: ({ isSet }) => isSet('WAYBILL_PROVIDER_API_KEY') && !isSet('WAYBILL_FROM'),
    problem: 'is not set, but WAYBILL_PROVIDER_API_KEY is',
    expected: 'the number that the key is for; WAYBILL_ACCOUNTS has keys of its own',
  },
];

const TIME_RULES: readonly Rule[] = [
  {
    about: ['WAYBILL_SHUTDOWN_GRACE_MS', 'WAYBILL_SEND_TIMEOUT_MS'],
    broken: ({ values }) => values.WAYBILL_SHUTDOWN_GRACE_MS <= values.WAYBILL_SEND_TIMEOUT_MS,
    problem: 'is not longer than WAYBILL_SEND_TIMEOUT_MS',
    expected: 'more than the send timeout, so that no attempt is cut off on shutdown',
  },
  {
    about: ['WAYBILL_LOCAL_STORAGE_TIMEOUT_MS', 'WAYBILL_SEND_TIMEOUT_MS'],
    broken: ({ values }) => values.WAYBILL_LOCAL_STORAGE_TIMEOUT_MS < values.WAYBILL_SEND_TIMEOUT_MS,
    problem: 'is shorter than WAYBILL_SEND_TIMEOUT_MS',
    expected: 'at least the send timeout: the provider has more to do',
  },
  {
    about: ['WAYBILL_RETRY_CAP_MS', 'WAYBILL_RETRY_BASE_MS'],
    broken: ({ values }) => values.WAYBILL_RETRY_CAP_MS < values.WAYBILL_RETRY_BASE_MS,
    problem: 'is shorter than WAYBILL_RETRY_BASE_MS',
    expected: 'at least the base',
  },
  {
    about: ['WAYBILL_ID_RETENTION_HOURS', 'WAYBILL_RETENTION_HOURS'],
    broken: ({ values }) => values.WAYBILL_ID_RETENTION_HOURS < values.WAYBILL_RETENTION_HOURS,
    problem: 'is shorter than WAYBILL_RETENTION_HOURS',
    expected: 'at least as long as the record is kept',
  },
];

const NEED_RULES: readonly Rule[] = [
  {
    about: ['WAYBILL_WEBHOOK_TOKEN'],
    broken: ({ need, isSet }) => need.includes('webhookToken') && !isSet('WAYBILL_WEBHOOK_TOKEN'),
    problem: 'is not set',
    expected: 'a secret of at least 16 characters; without it anybody could tell what became of a delivery',
  },
  {
    about: ['WAYBILL_API_KEYS'],
    broken: ({ need, values }) => need.includes('apiKeys') && values.WAYBILL_API_KEYS.length === 0,
    problem: 'lists nobody',
    expected: 'at least one entry, as "waybill api-key create" prints it',
  },
];

const RULES: readonly Rule[] = [...REDIS_RULES, ...ACCOUNT_RULES, ...TIME_RULES, ...NEED_RULES];
