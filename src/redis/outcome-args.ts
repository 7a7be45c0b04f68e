import type { GateChange } from '../domain/aftermath.js';
import type { Actor } from '../domain/operation.js';
import type { Outcome } from '../domain/outcome.js';
import type { Sealer } from '../domain/seal.js';
import type { DeliveryRef } from './run-on-delivery.js';
import { actorFields } from './timeline.js';

/** An attempt's outcome and what follows from it, as scripts take them. */
export function outcomeArgs(outcome: Outcome) {
  const detail = outcome.kind === 'accepted' ? '' : oneLine(outcome.detail);
  return { outcome: outcome.kind, reason: outcome.reason, detail };
}

/** In the attempt's line stands who told its end, where that was not the provider. */
export function tellerArgs(outcome: Outcome, by: Actor | undefined) {
  const args = outcomeArgs(outcome);
  return by === undefined ? args : { ...args, reason: 'operator', detail: actorFields(by) };
}

const NO_ACCEPTANCE = { uniqueId: '', acceptedAt: '', windowLeftMs: '', originalRequest: '' };

export function acceptanceArgs(attempt: DeliveryRef, outcome: Outcome, sealer: Sealer) {
  if (outcome.kind !== 'accepted') return NO_ACCEPTANCE;
  const { unique, timestamp, windowLeftMs, originalRequest: echo = '' } = outcome.acceptance;
  const [uniqueId, acceptedAt] = [unique ?? '', timestamp ?? ''];
  const originalRequest = echo === '' ? '' : sealer.seal(echo, attempt, 'original_request');
  return { uniqueId, acceptedAt, windowLeftMs: windowLeftMs ?? '', originalRequest };
}

export function gateArgs(gate: GateChange | null) {
  if (gate === null) return { gateState: '', gateMs: 0, gateReason: '' };
  const gateMs = gate.kind === 'until' ? gate.delayMs : 0;
  return { gateState: gate.kind, gateMs, gateReason: gate.reason };
}

/** The timeline is lines of tab-separated fields. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 200);
}
