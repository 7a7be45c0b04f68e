import type { ValuesOf } from './setting.js';
import { REDIS_SETTINGS } from './settings/redis.js';
import { SENDING_SETTINGS } from './settings/sending.js';
import { SERVING_SETTINGS } from './settings/serving.js';

/** Every setting there is. Defaults, parsing, `.env` docs and `waybill config` are read off this table. */
export const SETTINGS = { ...REDIS_SETTINGS, ...SENDING_SETTINGS, ...SERVING_SETTINGS } as const;

export type SettingName = keyof typeof SETTINGS;
export type Values = ValuesOf<typeof SETTINGS>;

export const SETTING_NAMES = Object.keys(SETTINGS).filter(isSettingName);

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}
