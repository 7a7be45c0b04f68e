import { OUTCOMES, type OutcomeKind } from '../domain/outcome.js';
import type { PushOutcome, Verdict, WebhookKind, WebhookRefusal, WebhookResult } from './observer.js';

/** Label values that are known beforehand, so that their counters start at 0. */
export const VERDICTS = [
  'go',
  'unseen',
  'conflict',
  'ended',
  'in_flight',
  'unknown',
  'expired',
  'schedule',
  'backoff',
  'pair',
  'rate',
  'lane',
  'gate_until',
  'gate_paused',
  'window',
  'window_open',
  'window_unknown',
  'attempts',
] as const satisfies readonly Verdict[];

/** Reasons worth a series from the start, by outcome; others appear when they come. */
export const KNOWN_REASONS: Readonly<Record<OutcomeKind, readonly string[]>> = {
  accepted: ['ok'],
  rejected: ['4', '5', 'other'],
  throttled: ['6', 'http_429'],
  account_error: ['2', '3', 'http_401', 'http_403'],
  window_closed: ['7', '8'],
  not_sent: ['dns', 'refused', 'connect_timeout', 'tls'],
  unknown: ['reset', 'timeout', 'http_500', 'http_502', 'http_503', 'http_504'],
};

export const KNOWN_ATTEMPTS = OUTCOMES.flatMap((outcome) =>
  KNOWN_REASONS[outcome].map((reason) => ({ outcome, reason })),
);

export const WEBHOOK_KINDS = ['inbound', 'receipt', 'other'] as const satisfies readonly WebhookKind[];
export const WEBHOOK_RESULTS = [
  'applied',
  'duplicate',
  'early',
  'ignored',
] as const satisfies readonly WebhookResult[];
export const PUSH_OUTCOMES = ['taken', 'failed', 'dead'] as const satisfies readonly PushOutcome[];
/** What was refused was not read, so its kind is not known. */
export const REFUSED_KIND = 'unread';
export const WEBHOOK_REFUSALS = [
  'token',
  'address',
  'too_large',
  'media_type',
  'not_json',
  'invalid',
  'unavailable',
] as const satisfies readonly WebhookRefusal[];

/** Reasons that FAIL answers are listed with (1-8); another number is `other`, so that no label can grow without end. */
const LISTED_FAIL = /^[1-8]$/;
const WORD = /^[a-z][a-z0-9_]{0,31}$/;

/** An attempt's reason as a label. */
export function reasonLabel(reason: string): string {
  return LISTED_FAIL.test(reason) || WORD.test(reason) ? reason : 'other';
}
