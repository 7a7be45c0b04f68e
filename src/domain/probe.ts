import { verdictOfReason, verdictOfStatus } from './reasons.js';
import { MINUTE, SECOND } from './time.js';

/** How long after a pause the provider is first asked whether all is well again, and then how long at most. */
export const FIRST_PROBE_MS = 15 * SECOND;
const LONGEST_PROBE_MS = 10 * MINUTE;

/** The FAIL reason that may be the account's fault, or that of one delivery's JSON. */
const ACCOUNT_OR_JSON = '2';

/** The reason of a gate that is paused because sends are refused although probes are answered well. */
export const SENDS_REFUSED = 'sends_refused';

/** How long to wait for the next probe, after so many in vain. */
export function probeDelayMs(probes: number, firstMs: number = FIRST_PROBE_MS): number {
  return Math.min(LONGEST_PROBE_MS, firstMs * 2 ** Math.min(probes, 30));
}

type Pause = { readonly reason: string; readonly firstMs: number };

/**
 * The same by the reason of the pause. An HTTP status may be a firewall's answer to one delivery: the others wait no longer
 * for the first probe than it takes. Where sends are refused, only the next of them tells whether they still are.
 */
export function nextProbeMs(probes: number, { reason, firstMs }: Pause): number {
  if (reason === SENDS_REFUSED) return Math.min(MINUTE, probeDelayMs(probes, firstMs));
  if (statusOf(reason) === null) return probeDelayMs(probes, firstMs);
  return probes === 0 ? 0 : probeDelayMs(probes - 1, firstMs);
}

/** Whether so long after the last probe was due its number says nothing any more: good answers did help. */
export function probesForgotten(ms: number): boolean {
  return ms >= LONGEST_PROBE_MS;
}

/** Whether a good answer to Get Webhook says anything about this reason; an account's own reasons wait for a person. */
export function isProbed(reason: string): boolean {
  if (reason === SENDS_REFUSED) return true;
  const status = statusOf(reason);
  const verdict = status === null ? verdictOfReason(reason) : verdictOfStatus(status);
  return verdict.outcome === 'account_error';
}

/** Whether a good probe alone shows that this reason was about the delivery that met it: bad JSON stays bad. */
export function blamesDelivery(reason: string): boolean {
  return reason === ACCOUNT_OR_JSON;
}

/**
 * Whether it may be the answer to what one delivery says: a firewall in front refuses single texts by an HTTP status. The
 * key of FAIL 3 is the same for all.
 */
export function mayBlameDelivery(reason: string): boolean {
  return blamesDelivery(reason) || (isProbed(reason) && statusOf(reason) !== null);
}

function statusOf(reason: string): number | null {
  const [, status] = /^http_(\d{3})$/.exec(reason) ?? [];
  return status === undefined ? null : Number(status);
}
