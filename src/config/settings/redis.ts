import { remoteAddresses } from '../address.js';
import { certificate, integer, matching, onOff, secretText } from '../kinds.js';
import type { SettingTable } from '../setting.js';
import { redisUrl } from '../url.js';

export const REDIS_SETTINGS = {
  REDIS_URL: {
    kind: redisUrl,
    default: 'redis://127.0.0.1:6379',
    secret: true,
    meaning: 'One Redis; or give REDIS_SENTINELS or REDIS_CLUSTER instead',
  },
  REDIS_SENTINELS: {
    kind: remoteAddresses,
    default: null,
    meaning: 'Sentinels that know where the master is',
  },
  REDIS_SENTINEL_NAME: {
    kind: matching(/^[\w.-]+$/, 'letters, digits, . _ -'),
    default: null,
    meaning: 'The master’s name among the sentinels',
  },
  REDIS_SENTINEL_USERNAME: {
    kind: matching(/^\S+$/, 'a name without spaces'),
    default: null,
    meaning: 'ACL user of the sentinels themselves, where they want one',
  },
  REDIS_SENTINEL_PASSWORD: {
    kind: secretText,
    default: null,
    secret: true,
    meaning: 'The sentinels’ own password',
  },
  REDIS_CLUSTER: { kind: remoteAddresses, default: null, meaning: 'Some nodes of a Redis Cluster' },
  REDIS_WAIT_REPLICAS: {
    kind: integer(0, 9),
    default: '0',
    meaning: 'Nothing is told or sent before so many replicas know of it; see promises',
  },
  REDIS_USERNAME: {
    kind: matching(/^\S+$/, 'a name without spaces'),
    default: null,
    meaning: 'ACL user, where REDIS_URL does not name one',
  },
  REDIS_PASSWORD: {
    kind: secretText,
    default: null,
    secret: true,
    meaning: 'Redis’s password, where REDIS_URL does not hold it',
  },
  REDIS_TLS: {
    kind: onOff,
    default: 'off',
    meaning: 'TLS to sentinels, the master they tell of, and cluster nodes; with a URL write rediss://',
  },
  REDIS_CA_FILE: {
    kind: certificate,
    default: null,
    file: true,
    meaning: 'Certificates of the private authority that signed Redis’s',
  },
} as const satisfies SettingTable;
