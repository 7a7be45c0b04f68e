import { STATUS_CODES } from 'node:http';
import { OUTCOMES, type OutcomeKind } from '../domain/outcome.js';
import { SENDS_REFUSED } from '../domain/probe.js';
import type {
  DeliveryFlagged,
  GateState,
  PushOutcome,
  SpoolResult,
  Swept,
  Verdict,
  WebhookKind,
  WebhookRefusal,
  WebhookResult,
} from './observer.js';

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
  'preflight',
  'attempts',
] as const satisfies readonly Verdict[];

/** Reasons worth a series from the start, by outcome; others appear when they come. */
export const KNOWN_REASONS: Readonly<Record<OutcomeKind, readonly string[]>> = {
  accepted: ['ok'],
  rejected: ['4', '5', 'other', 'no_reason', 'http_400'],
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
  'not_json',
  'invalid',
  'unavailable',
] as const satisfies readonly WebhookRefusal[];

export const SPOOL_RESULTS = [
  'spooled',
  'replayed',
  'failed',
  'damaged',
] as const satisfies readonly SpoolResult[];

/** Why a callback was kept for a person to read, by how the word for it begins or ends. */
const QUARANTINE_LABELS: readonly (readonly [RegExp, string])[] = [
  [/^(not_json|not_an_object|too_deep|batch_\w+|keys_repeated)$/, 'malformed'],
  [/_incomplete$/, 'incomplete'],
  [/_(too_old|in_future)$/, 'time'],
  [/^system_/, 'system'],
  [/^(hook|ack)_/, 'unlisted'],
  [/^unknown_account$/, 'unknown_account'],
];

export const QUARANTINE_WHYS = [...QUARANTINE_LABELS.map(([, label]) => label), 'other'];

export function quarantineLabel(name: string): string {
  return QUARANTINE_LABELS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

export const FLAGS = [
  'unique_missing',
  'receipts_conflict',
  'stale_attempt',
  'invalid',
  'conflict',
  'redundant_accept',
  'locked',
] as const satisfies readonly DeliveryFlagged['flag'][];
export const GATE_STATES = ['open', 'throttled', 'breaker', 'paused'] as const satisfies readonly GateState[];
/** What a sweep mends, and where it is counted. */
export const SWEPT = [
  ['wake', 'wakesReplayed'],
  ['job', 'jobsAdded'],
  ['attempt', 'staleAttempts'],
] as const satisfies readonly (readonly [string, Exclude<keyof Swept, 'account'>])[];

/** Methods that a route may have; a client may write any other. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'];

/** Reasons that FAIL answers are listed with (1-8); another number is `other`, so that no label can grow without end. */
const LISTED_FAIL = /^[1-8]$/;
const HTTP = 'http_';
const WORD = /^[a-z][a-z0-9_]{0,31}$/;

/** An attempt's reason as a label: its words are ours, but an HTTP status may be any number. */
export function reasonLabel(reason: string): string {
  if (LISTED_FAIL.test(reason) || isHttp(reason)) return reason;
  return WORD.test(reason) && !reason.startsWith(HTTP) ? reason : 'other';
}

/** Why an account is paused, as a label. What a worker found is a number or an HTTP status; an operator says anything. */
export function gateLabel(reason: string): string {
  if (LISTED_FAIL.test(reason) || isHttp(reason) || reason === SENDS_REFUSED) return reason;
  return /^\d+$/.test(reason) ? 'other' : 'operator';
}

export function methodLabel(method: string): string {
  return METHODS.includes(method) ? method : 'other';
}

function isHttp(reason: string): boolean {
  return reason.startsWith(HTTP) && Object.hasOwn(STATUS_CODES, reason.slice(HTTP.length));
}
