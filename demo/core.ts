import { type Core, systemEffects } from '../src/app/core.js';
import { readEnv } from '../src/config/env.js';
import { createSecrets } from '../src/config/secrets.js';
import { parseConfig } from '../src/config.js';
import { createObserver } from '../src/observe/events.js';
import { createLog } from '../src/observe/log.js';
import { createMetrics } from '../src/observe/metrics.js';
import { systemNetwork } from '../src/preflight/network.js';

/** Half of what the jitter may be: every run of the story takes about as long. */
const FAIR = 0.5;

/**
 * The core of the demo's worker and webhook consumer. Of its log only errors are told, to `tellTrouble`: the story
 * itself is full of warnings.
 */
export function createDemoCore(
  env: Readonly<Record<string, string>>,
  tellTrouble: (text: string) => void,
): Core {
  const { config, sources } = parseConfig(readEnv(env), { need: ['accounts', 'webhookToken'] });
  const log = createLog({
    level: 'error',
    format: 'pretty',
    destination: { write: (line) => tellTrouble(line.trimEnd()) },
  });
  const metrics = createMetrics({
    version: 'demo',
    role: 'demo',
    defaultMetrics: false,
    accounts: config.accounts.map(({ name }) => name),
  });
  return {
    config,
    secrets: createSecrets(sources, { now: systemEffects.now, onFailure: () => undefined }),
    log,
    network: systemNetwork,
    observer: createObserver({ metrics, log }),
    effects: { ...systemEffects, random: () => FAIR },
  };
}
