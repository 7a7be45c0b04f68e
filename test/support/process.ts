import { type Core, systemEffects } from '../../src/app/core.js';
import { readEnv } from '../../src/config/env.js';
import { createSecrets } from '../../src/config/secrets.js';
import { parseConfig } from '../../src/config.js';
import { createObserver } from '../../src/observe/events.js';
import { createLog } from '../../src/observe/log.js';
import { createMetrics } from '../../src/observe/metrics.js';

/** A process's core from its environment, with its log lines kept for looking at. */
export function createCore(env: Readonly<Record<string, string>>): {
  readonly core: Core;
  readonly lines: string[];
} {
  const lines: string[] = [];
  const { config, sources } = parseConfig(readEnv(env));
  const log = createLog({
    level: 'debug',
    format: 'json',
    destination: { write: (line) => lines.push(line) },
  });
  const metrics = createMetrics({
    version: 'test',
    defaultMetrics: false,
    accounts: config.accounts.map(({ name }) => name),
  });
  const secrets = createSecrets(sources, { now: Date.now, onFailure: () => undefined });
  return {
    core: { config, secrets, log, observer: createObserver({ metrics, log }), effects: systemEffects },
    lines,
  };
}
