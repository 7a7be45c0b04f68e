import { maskText } from '../domain/mask.js';
import type { Log } from '../observe/log.js';

/** The lines that the webhook server writes: exceptions only; what each callback did is the observer's to tell. */
export type WebhookLog = Pick<Log, 'info' | 'warn' | 'error'>;

const LONGEST_MESSAGE = 200;

/**
 * An error's name, code and message for a log line. Nothing else of it: a Redis client hangs the command on its
 * errors, arguments and all.
 */
export function describeError(error: unknown): { readonly error: string; readonly code?: string } {
  if (!(error instanceof Error)) return { error: `a thrown ${typeof error}` };
  const message = maskText(`${error.name}: ${error.message}`).slice(0, LONGEST_MESSAGE);
  return 'code' in error && typeof error.code === 'string'
    ? { error: message, code: error.code }
    : { error: message };
}
