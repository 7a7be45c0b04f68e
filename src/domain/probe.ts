import { verdictOfReason, verdictOfStatus } from './reasons.js';
import { MINUTE, SECOND } from './time.js';

/** How long after a pause the provider is first asked whether all is well again, and then how long at most. */
export const FIRST_PROBE_MS = 15 * SECOND;
const LONGEST_PROBE_MS = 10 * MINUTE;

/** The FAIL reason that may be the account's fault, or that of one delivery's JSON. */
const ACCOUNT_OR_JSON = '2';

/** How long to wait for the next probe, after so many in vain. */
export function probeDelayMs(probes: number, firstMs: number = FIRST_PROBE_MS): number {
  return Math.min(LONGEST_PROBE_MS, firstMs * 2 ** Math.min(probes, 30));
}

/** Whether so long after the last probe was due its number says nothing any more: good answers did help. */
export function probesForgotten(ms: number): boolean {
  return ms >= LONGEST_PROBE_MS;
}

/** Whether a good answer to Get Webhook says anything about this reason; an account's own reasons wait for a person. */
export function isProbed(reason: string): boolean {
  const status = /^http_(\d{3})$/.exec(reason)?.[1];
  const verdict = status === undefined ? verdictOfReason(reason) : verdictOfStatus(Number(status));
  return verdict.outcome === 'account_error';
}

/** Whether this reason was about the delivery that met it, given that its account is well. */
export function blamesDelivery(reason: string): boolean {
  return reason === ACCOUNT_OR_JSON;
}
