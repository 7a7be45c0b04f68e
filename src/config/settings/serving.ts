import { allowedAddresses, listenAddress } from '../address.js';
import { apiCallers } from '../callers.js';
import { dataKeys } from '../data-key.js';
import { eventEndpoints } from '../endpoints.js';
import { folder, integer, oneOf } from '../kinds.js';
import { webhookTokens } from '../secret-kinds.js';
import type { SettingTable } from '../setting.js';

/** As the log takes them: this part may not ask the log itself. */
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;

export const SERVING_SETTINGS = {
  WAYBILL_WEBHOOK_TOKEN: {
    kind: webhookTokens,
    default: null,
    secret: true,
    meaning: 'The secret in the webhook’s path; several are all valid, for rotation',
  },
  WAYBILL_WEBHOOK_ALLOW: {
    kind: allowedAddresses,
    default: 'any',
    meaning: 'Addresses that webhooks are taken from',
  },
  WAYBILL_TRUST_PROXY: {
    kind: integer(0, 10),
    default: '0',
    unit: 'proxies',
    meaning: 'Proxies in front whose X-Forwarded-For is believed',
  },
  WAYBILL_API_KEYS: {
    kind: apiCallers,
    default: '[]',
    secret: true,
    meaning: 'Apps that may call the HTTP API; waybill api-key create makes their entries',
  },
  WAYBILL_API_RATE: {
    kind: integer(1, 100_000),
    default: '500',
    unit: 'per key and second',
    meaning: 'Calls that each process of the HTTP API takes from one key',
  },
  WAYBILL_BACKLOG_LIMIT: {
    kind: integer(1, 100_000_000),
    default: '1000000',
    unit: 'per account, not ended',
    meaning: 'Deliveries up to which the HTTP API takes more',
  },
  WAYBILL_LISTEN_API: {
    kind: listenAddress,
    default: '[::]:8080',
    meaning: 'Where the HTTP API listens',
  },
  WAYBILL_LISTEN_WEBHOOKS: {
    kind: listenAddress,
    default: '[::]:8081',
    meaning: 'Where webhooks are taken',
  },
  WAYBILL_LISTEN_METRICS: {
    kind: listenAddress,
    default: '[::]:9464',
    meaning: 'Where /metrics, /healthz and /readyz are',
  },
  WAYBILL_LISTEN_SANDBOX: {
    kind: listenAddress,
    default: '[::]:8090',
    meaning: 'Where the sandbox listens',
  },
  WAYBILL_EVENT_ENDPOINTS: {
    kind: eventEndpoints,
    default: '[]',
    secret: true,
    meaning: 'Where events are posted to: [{url, secrets, name, types, accounts, headers, allowPrivate}]',
  },
  WAYBILL_LOG_LEVEL: { kind: oneOf(LOG_LEVELS), default: 'info', meaning: 'The least that is logged' },
  WAYBILL_LOG_FORMAT: {
    kind: oneOf(LOG_FORMATS),
    default: 'auto',
    meaning: 'auto: pretty on a terminal, JSON elsewhere',
  },
  WAYBILL_JOURNAL_DIR: {
    kind: folder,
    default: 'off',
    meaning: 'Folder of the journal of attempts; not supported yet',
  },
  WAYBILL_WEBHOOK_SPOOL: {
    kind: folder,
    default: 'off',
    meaning: 'Folder for callbacks that come while Redis is away; replayed when it is back',
  },
  WAYBILL_WEBHOOK_SPOOL_MB: {
    kind: integer(1, 100_000),
    default: '256',
    unit: 'MB per process',
    meaning: 'How much may wait there; more is answered 503',
  },
  WAYBILL_DATA_KEY: {
    kind: dataKeys,
    default: null,
    secret: true,
    meaning: 'Encrypts links, captions, templates and metadata in Redis',
  },
} as const satisfies SettingTable;
