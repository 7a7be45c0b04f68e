import type { FastifyReply } from 'fastify';
import type { Callback } from '../domain/callback.js';
import type { CallbackResult } from './apply.js';

/** Why a request was not answered 200, and with which code; bodies are empty, so that no answer is a hint. */
const CODE_BY_REFUSAL = {
  token: 404,
  address: 404,
  path: 404,
  not_json: 400,
  malformed: 400,
  too_slow: 408,
  too_large: 413,
  headers_too_large: 431,
  bug: 500,
  busy: 503,
  draining: 503,
  store_failed: 503,
  store_late: 503,
  spool_full: 503,
} as const;

export type Refusal = keyof typeof CODE_BY_REFUSAL;

const RETRY_AFTER_SECONDS = 5;

/** Told of every request, so that counters, durations and log lines live in one place. */
export type WebhookObserver = {
  /** Durable. For an unknown account only the callback says which. */
  applied(callback: Callback, result: CallbackResult): void;
  refused(code: number, why: Refusal): void;
  /** Something that could not be applied is kept for a person to read; `name` is a bounded word for why. */
  quarantined(name: string): void;
  /** Every answer on the webhook's path, refusals too. */
  answered(code: number, durationMs: number): void;
};

export function refuse(
  reply: FastifyReply,
  why: Refusal,
  observer: Pick<WebhookObserver, 'refused'>,
): FastifyReply {
  const code = refusalCode(why);
  observer.refused(code, why);
  if (code === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.code(code).send();
}

export function refusalCode(why: Refusal): number {
  return CODE_BY_REFUSAL[why];
}
