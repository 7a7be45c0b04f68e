import type { Outcome } from '../domain/outcome.js';
import { hide } from './detail.js';

/** Room for the longest link and the longest caption, escaped. */
const LONGEST_ORIGINAL_REQUEST = 16 * 1024;

export type EchoRules = { readonly wanted: boolean; readonly apiKey: string };

/** The request's echo is kept only when it was asked for, and without the key, which it should never have. */
export function keepOriginalRequest(outcome: Outcome, { wanted, apiKey }: EchoRules): Outcome {
  if (outcome.kind !== 'accepted') return outcome;
  const { originalRequest, ...acceptance } = outcome.acceptance;
  if (originalRequest === undefined || !wanted) return { ...outcome, acceptance };
  const kept = hide(originalRequest, [apiKey]).slice(0, LONGEST_ORIGINAL_REQUEST);
  return { ...outcome, acceptance: { ...acceptance, originalRequest: kept } };
}
