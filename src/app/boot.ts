import { type Env, readEnv } from '../config/env.js';
import type { Need } from '../config/rules.js';
import { createSecrets, type Secrets } from '../config/secrets.js';
import { type Config, parseConfig } from '../config.js';
import { createObserver } from '../observe/events.js';
import { createLog } from '../observe/log.js';
import { createMetrics, type Metrics } from '../observe/metrics.js';
import { systemNetwork } from '../preflight/network.js';
import { type Core, systemEffects, tunnelsOf } from './core.js';
import { refuseUnbuilt } from './unbuilt.js';

export type { Env, Need };

export type BootOptions = {
  readonly env: Env;
  /** The package's, for `build_info`. */
  readonly version: string;
  /** The command that runs, by which alerts and dashboards know the process. */
  readonly role: string;
  /** What this process cannot do without. */
  readonly need?: readonly Need[];
};

export type Booted = { readonly core: Core; readonly metrics: Metrics };

/**
 * A long-running process's core from its environment; nothing is opened yet.
 * @throws ConfigError with every fault
 */
export function boot({ env, version, role, need = [] }: BootOptions): Booted {
  const { config, sources, unknown } = parseConfig(readEnv(env), { need });
  refuseUnbuilt(config);
  const log = createLog(config.log);
  const metrics = createMetrics({
    version,
    role,
    accounts: config.accounts.map(({ name }) => name),
    endpoints: config.eventEndpoints.map(({ name }) => name),
  });
  const observer = createObserver({ metrics, log });
  const secrets = createSecrets(sources, {
    now: systemEffects.now,
    onFailure: (failure) => observer.settingUnusable(failure),
    onMended: (setting) => observer.settingMended(setting),
  });
  const network = { ...systemNetwork, tunnelTo: tunnelsOf({ config, secrets }) };
  if (unknown.length > 0) log.warn('variables that mean nothing: misspelt?', { variables: unknown });
  return {
    core: { config, secrets, log, observer, effects: systemEffects, network },
    metrics,
  };
}

/** What a short command works with. */
export type Settings = {
  readonly config: Config;
  readonly secrets: Secrets;
  /** `WAYBILL_*` variables that mean nothing. */
  readonly unknown: readonly string[];
};

/** The settings alone, for a command that ends soon. @throws ConfigError with every fault */
export function readSettings(env: Env, need: readonly Need[] = []): Settings {
  const { config, sources, unknown } = parseConfig(readEnv(env), { need });
  const secrets = createSecrets(sources, { now: systemEffects.now, onFailure: () => undefined });
  return { config, secrets, unknown };
}
