import type { Config } from '../config.js';
import { ConfigError, type ConfigFault } from '../errors.js';

/**
 * Refuses settings that are known but have nothing behind them yet: who sets a folder relies on it.
 * @throws ConfigError
 */
export function refuseUnbuilt(config: Config): void {
  const faults = settingFaults(config);
  if (faults.length > 0) throw new ConfigError(faults);
}

const PROBLEM = 'is not supported in this version';

function settingFaults({ journalDir }: Config): ConfigFault[] {
  const set: readonly (readonly [string, boolean])[] = [['WAYBILL_JOURNAL_DIR', journalDir !== null]];
  return set.flatMap(([name, on]) => (on ? [{ name, problem: PROBLEM, expected: 'to be left unset' }] : []));
}
