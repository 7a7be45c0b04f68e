import type { FirewallOptions } from '../options.js';
import { type Fault, faultSchema } from './fault.js';

/** What its edge makes of a request by what its fields say; null: it passes. */
export type Firewall = (texts: readonly string[]) => Fault | null;

/**
 * The firewall in front of a provider's API takes single texts for an attack, and answers with a status and an HTML page
 * before the API sees them; all else passes. Source: public reports of integrators.
 */
export function createFirewall({ enabled, status, patterns }: FirewallOptions): Firewall {
  if (!enabled) return () => null;
  const attack = new RegExp(patterns.map((pattern) => `(?:${pattern})`).join('|'), 'iu');
  const page = faultSchema.parse({ kind: 'http', status, times: 'always' });
  return (texts) => (texts.some((text) => attack.test(text)) ? page : null);
}
