import { readFileSync } from 'node:fs';
import type { ConfigFault } from '../errors.js';
import type { Setting } from './setting.js';
import { SETTING_NAMES, SETTINGS, type SettingName } from './settings.js';

export type Env = Readonly<Record<string, string | undefined>>;

/** A setting that somebody gave: the variable that holds it, its text, and the file it was read from. */
export type RawEntry = { readonly variable: string; readonly text: string; readonly file: string | null };

/** The environment as it was found, files read; nothing in it is believed yet. */
export type RawEnv = {
  readonly entries: Readonly<Partial<Record<SettingName, RawEntry>>>;
  readonly faults: readonly ConfigFault[];
  /** `WAYBILL_*` variables that mean nothing: most likely misspelt. */
  readonly unknown: readonly string[];
};

/** Not settings of a process, but ours. */
const OTHER_NAMES = ['WAYBILL_NO_INSTALL'];

/** What Kubernetes injects for a Service named waybill or waybill-…, beside variables that hold `tcp://…`. */
const INJECTED = /^WAYBILL_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\d+_(TCP|UDP)_.+)$/;

/** Reads what the settings table names, and the files that it points to. An empty variable counts as unset. */
export function readEnv(env: Env): RawEnv {
  const reads = SETTING_NAMES.map((name) => ({ name, ...readSetting(name, env) }));
  return {
    entries: Object.fromEntries(reads.flatMap(({ name, entry }) => (entry ? [[name, entry]] : []))),
    faults: reads.flatMap(({ fault }) => (fault ? [fault] : [])),
    unknown: Object.keys(env)
      .filter((name) => isUnknown(name, env[name]))
      .sort(),
  };
}

type Read = { readonly entry?: RawEntry; readonly fault?: ConfigFault };

function readSetting(name: SettingName, env: Env): Read {
  const setting: Setting<unknown> = SETTINGS[name];
  const lowerCase = name.toLowerCase();
  const variable = setting.lowerCaseToo && env[lowerCase] !== undefined ? lowerCase : name;
  const value = given(env, variable);
  if (setting.file) return value === undefined ? {} : readFile(name, value);
  const path = setting.secret ? given(env, `${name}_FILE`) : undefined;
  if (path === undefined) return value === undefined ? {} : readText(variable, value);
  if (value === undefined) return readFile(`${name}_FILE`, path);
  return { fault: { name: `${name}_FILE`, problem: `is set beside ${name}`, expected: 'one of the two' } };
}

/** No setting's text begins and ends with one: an env file was read by a program that keeps them. */
const QUOTED = /^(["']).*\1$/s;

function readText(variable: string, text: string): Read {
  if (!QUOTED.test(text) || text.length < 2) return { entry: { variable, text, file: null } };
  const expected = 'the value alone: whoever read your env file (docker run --env-file, say) keeps quotes';
  return { fault: { name: variable, problem: 'is in quotes', expected } };
}

function readFile(variable: string, file: string): Read {
  try {
    return { entry: { variable, text: readFileSync(file, 'utf8').trim(), file } };
  } catch (error) {
    return {
      fault: { name: variable, problem: whyUnreadable(error), expected: 'the path of a readable file' },
    };
  }
}

/** By error code alone: the message would repeat the path, and a path may be a secret put in the wrong place. */
export function whyUnreadable(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'why is not known';
  return `names a file that cannot be read (${code})`;
}

function given(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

function isUnknown(name: string, value: string | undefined): boolean {
  if (!name.startsWith('WAYBILL_') || KNOWN.has(name)) return false;
  return !INJECTED.test(name) && !/^(tcp|udp):\/\//.test(value ?? '');
}

const KNOWN: ReadonlySet<string> = new Set([
  ...OTHER_NAMES,
  ...SETTING_NAMES,
  ...SETTING_NAMES.filter((name) => isSecret(SETTINGS[name])).map((name) => `${name}_FILE`),
]);

function isSecret(setting: Setting<unknown>): boolean {
  return setting.secret === true;
}
