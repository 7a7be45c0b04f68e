import type { Account } from '../domain/account.js';
import { maskNumber } from '../domain/mask.js';
import type { RawEnv } from './env.js';
import type { Secrets } from './secrets.js';
import type { Setting } from './setting.js';
import { SETTING_NAMES, SETTINGS, type SettingName, type Values } from './settings.js';

/** One line of `waybill config`; nothing in it is secret. */
export type SettingRow = {
  readonly name: string;
  readonly value: string;
  readonly from: 'default' | 'environment' | 'file' | 'unset';
  readonly unit: string | null;
  readonly meaning: string;
};

/** Every setting as it is in effect, secrets masked. */
export function showSettings(values: Values, { entries }: RawEnv): SettingRow[] {
  return SETTING_NAMES.map((name) => {
    const setting: Setting<unknown> = SETTINGS[name];
    const value = values[name];
    return {
      name,
      value: value === null && setting.default === null ? '' : setting.kind.show(value),
      from: originOf(name, entries),
      unit: setting.unit ?? null,
      meaning: setting.meaning,
    };
  });
}

function originOf(name: SettingName, entries: RawEnv['entries']): SettingRow['from'] {
  const entry = entries[name];
  if (entry === undefined) return SETTINGS[name].default === null ? 'unset' : 'default';
  return entry.file === null ? 'environment' : 'file';
}

type Described = { readonly settings: readonly SettingRow[]; readonly accounts: readonly Account[] };

/** The rows of `waybill config`: all settings, then each account and whether its key is there. */
export function describeConfig(
  { settings, accounts }: Described,
  secrets: Pick<Secrets, 'apiKey'>,
): SettingRow[] {
  return [...settings, ...accounts.map((account) => describeAccount(account, secrets, listFrom(settings)))];
}

function listFrom(settings: readonly SettingRow[]): SettingRow['from'] {
  const inFile = settings.some(({ name, from }) => name === 'WAYBILL_ACCOUNTS' && from === 'file');
  return inFile ? 'file' : 'environment';
}

function describeAccount(
  account: Account,
  secrets: Pick<Secrets, 'apiKey'>,
  origin: SettingRow['from'],
): SettingRow {
  const { from, name, ratePerSecond, billing, onClosedWindow, onUnknown, askHistory } = account;
  const key = secrets.apiKey(from) === undefined ? 'no key' : 'key set';
  const told = [maskNumber(from), key, `${ratePerSecond}/s`, `billing ${billing}`];
  const policies = [`closed window: ${onClosedWindow}`, `unknown: ${onUnknown}`];
  return {
    name: `account ${name}`,
    value: [...told, ...policies, ...(askHistory ? ['asks history'] : [])].join(', '),
    from: origin,
    unit: null,
    meaning: 'One of the sending numbers',
  };
}
