import { type Core, systemEffects } from '../../src/app/core.js';
import { readEnv } from '../../src/config/env.js';
import { createSecrets } from '../../src/config/secrets.js';
import { parseConfig } from '../../src/config.js';
import { createObserver } from '../../src/observe/events.js';
import { createLog } from '../../src/observe/log.js';
import { createMetrics, type Metrics } from '../../src/observe/metrics.js';
import { systemNetwork } from '../../src/preflight/network.js';

export type TestCore = {
  readonly core: Core;
  readonly metrics: Metrics;
  /** Its log so far, where `stdout` was not asked for. */
  readonly lines: readonly string[];
};

/**
 * A process's core from its environment. Its log is kept for looking at, from debug level on; on `stdout` it is
 * written as a real process writes it.
 */
export function createCore(env: Readonly<Record<string, string>>, log: 'kept' | 'stdout' = 'kept'): TestCore {
  const lines: string[] = [];
  const { config, sources } = parseConfig(readEnv(env));
  const written =
    log === 'stdout'
      ? createLog(config.log)
      : createLog({ level: 'debug', format: 'json', destination: { write: (line) => lines.push(line) } });
  const metrics = createMetrics({
    version: 'test',
    role: 'test',
    defaultMetrics: false,
    accounts: config.accounts.map(({ name }) => name),
  });
  const observer = createObserver({ metrics, log: written });
  const secrets = createSecrets(sources, {
    now: Date.now,
    onFailure: (failure) => observer.settingUnusable(failure),
    onMended: (setting) => observer.settingMended(setting),
  });
  return {
    core: { config, secrets, log: written, observer, effects: systemEffects, network: systemNetwork },
    metrics,
    lines,
  };
}
