import { accountList, accountNumber } from '../accounts.js';
import { certificate, integer, matching, onOff, proxyExceptions, secretText } from '../kinds.js';
import type { SettingTable } from '../setting.js';
import { proxyUrl, serviceUrl } from '../url.js';

const DAY_MS = 86_400_000;
const YEAR_HOURS = 8760;

export const SENDING_SETTINGS = {
  WAYBILL_PREFIX: {
    // Braces would move every key to one hash slot.
    kind: matching(/^[A-Za-z0-9._:-]{1,64}$/, '1 to 64 of A-Za-z0-9._:-'),
    default: 'waybill',
    meaning: 'First part of every key in Redis',
  },
  WAYBILL_ACCOUNTS: {
    kind: accountList,
    default: null,
    secret: true,
    meaning: 'Our sending numbers with their keys and limits',
  },
  WAYBILL_FROM: { kind: accountNumber, default: null, meaning: 'The number, when there is only one account' },
  WAYBILL_PROVIDER_API_KEY: {
    kind: secretText,
    default: null,
    secret: true,
    meaning: 'The key of WAYBILL_FROM',
  },
  WAYBILL_PROVIDER_URL: {
    kind: serviceUrl,
    default: 'https://api.99digital.co.il/whatsapp/v2',
    meaning: 'Where /sendFile and its sisters live',
  },
  WAYBILL_PROVIDER_CA_FILE: {
    kind: certificate,
    default: null,
    file: true,
    meaning: 'Certificates of a private authority to trust for the provider’s address',
  },
  HTTPS_PROXY: {
    kind: proxyUrl,
    default: null,
    secret: true,
    lowerCaseToo: true,
    meaning: 'Proxy for https: the provider, event endpoints and preflight; https_proxy goes first',
  },
  HTTP_PROXY: {
    kind: proxyUrl,
    default: null,
    secret: true,
    lowerCaseToo: true,
    meaning: 'The same for plain http; http_proxy goes first',
  },
  NO_PROXY: {
    kind: proxyExceptions,
    default: null,
    lowerCaseToo: true,
    meaning: 'Hosts that are reached without them; this machine always is; no_proxy goes first',
  },
  WAYBILL_CONCURRENCY: {
    kind: integer(1, 1000),
    default: '50',
    unit: 'per account',
    meaning: 'Deliveries in flight per worker process',
  },
  WAYBILL_CONCURRENCY_TOTAL: {
    kind: integer(1, 10_000),
    default: '500',
    unit: 'in all',
    meaning: 'Deliveries in flight per worker process, over all accounts',
  },
  WAYBILL_SEND_TIMEOUT_MS: {
    kind: integer(1000, 300_000),
    default: '30000',
    unit: 'ms',
    meaning: 'One attempt, connect included',
  },
  WAYBILL_LOCAL_STORAGE_TIMEOUT_MS: {
    kind: integer(1000, 600_000),
    default: '120000',
    unit: 'ms',
    meaning: 'The same for files that the provider downloads first (localStorage)',
  },
  WAYBILL_MAX_ATTEMPTS: {
    kind: integer(1, 100),
    default: '8',
    unit: 'attempts',
    meaning: 'Attempts per delivery',
  },
  WAYBILL_RETRY_BASE_MS: {
    kind: integer(1, DAY_MS),
    default: '2000',
    unit: 'ms',
    meaning: 'The longest wait before the second attempt; doubled each time, with full jitter',
  },
  WAYBILL_RETRY_CAP_MS: {
    kind: integer(1, DAY_MS),
    default: '600000',
    unit: 'ms',
    meaning: 'The longest wait at all',
  },
  WAYBILL_HISTORY_LAG_MS: {
    kind: integer(0, DAY_MS),
    default: '600000',
    unit: 'ms',
    meaning: 'How long a sent message may take to show in Get History',
  },
  WAYBILL_SHUTDOWN_GRACE_MS: {
    kind: integer(1000, 900_000),
    default: '40000',
    unit: 'ms',
    meaning:
      'How long a shutdown may take, longer than the send timeout; an attempt in flight may outlast it to its own timeout',
  },
  WAYBILL_RETENTION_HOURS: {
    kind: integer(1, YEAR_HOURS),
    default: '168',
    unit: 'h',
    meaning: 'How long a finished delivery’s record is kept',
  },
  WAYBILL_ID_RETENTION_HOURS: {
    kind: integer(1, YEAR_HOURS),
    default: '720',
    unit: 'h',
    meaning: 'How long its id is remembered',
  },
  WAYBILL_LEDGER_RETENTION_DAYS: {
    kind: integer(62, 3660),
    default: '400',
    unit: 'days',
    meaning: 'How long the ledger keeps a session, with the recipient’s number',
  },
  WAYBILL_PREFLIGHT: {
    kind: onOff,
    default: 'off',
    meaning: 'Look at the file’s link before it is sent, for accounts that do not say themselves',
  },
} as const satisfies SettingTable;
