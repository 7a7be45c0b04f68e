import type { ConfigFault } from '../errors.js';
import type { RawEnv } from './env.js';
import type { Setting } from './setting.js';
import { SETTING_NAMES, SETTINGS, type SettingName, type Values } from './settings.js';

export type ParsedValues = {
  readonly values: Values;
  readonly faults: readonly ConfigFault[];
  /** Settings whose value is the default because what was given is not usable. */
  readonly faulty: ReadonlySet<SettingName>;
};

/** Every setting's value by the table: what was given, else the default, else null. */
export function parseValues(raw: RawEnv): ParsedValues {
  const reads = SETTING_NAMES.map((name) => ({ name, ...parseSetting(name, raw) }));
  const unread = SETTING_NAMES.filter((name) =>
    raw.faults.some((fault) => fault.name === name || fault.name === `${name}_FILE`),
  );
  return {
    // Each value is its own row's: the table's type says which.
    values: Object.fromEntries(reads.map(({ name, value }) => [name, value])) as Values,
    faults: reads.flatMap(({ faults }) => faults),
    faulty: new Set([...unread, ...reads.filter(({ faults }) => faults.length > 0).map(({ name }) => name)]),
  };
}

type Read = { readonly value: unknown; readonly faults: readonly ConfigFault[] };

function parseSetting(name: SettingName, raw: RawEnv): Read {
  const setting: Setting<unknown> = SETTINGS[name];
  const entry = raw.entries[name];
  if (entry === undefined) return { value: defaultOf(setting), faults: [] };
  const parsed = setting.kind.parse(entry.text);
  if (parsed.ok) return { value: parsed.value, faults: [] };
  const faults = parsed.problems.map(({ problem, expected }) => ({
    name: entry.variable,
    problem,
    expected: expected ?? setting.kind.expected,
  }));
  return { value: defaultOf(setting), faults };
}

function defaultOf(setting: Setting<unknown>): unknown {
  if (setting.default === null) return null;
  const parsed = setting.kind.parse(setting.default);
  if (parsed.ok) return parsed.value;
  throw new TypeError(`the default ${setting.default} is not usable itself`);
}
