import { FAIL_REASONS } from '../src/domain/reasons.js';
import { attemptsOf, type Change, latest, type Row, was } from './board.js';

/** What a person would want to know of a row beside its status; empty where the status says it all. */
export function noteOf(row: Row): string {
  const change = latest(row);
  switch (change?.status) {
    case 'held':
      return change.reason === 'window'
        ? 'window closed, waiting for the client'
        : `held by ${change.reason}`;
    case 'waiting':
      return whyItWaits(change);
    case 'failed':
      return failWords(change.reason);
    case 'refused':
      return `not queued: ${change.detail}`;
    default:
      return pastOf(row);
  }
}

function whyItWaits({ reason, detail }: Change): string {
  if (reason === 'lane') return 'its turn comes after the one before it';
  return reason === 'backoff' ? `FAIL ${detail}: will be tried again` : `waits for ${reason}`;
}

/** `FAIL 4: recipient empty or malformed` */
function failWords(reason: string): string {
  const row = FAIL_REASONS.get(reason);
  return row === undefined ? reason : `FAIL ${reason}: ${row.meaning}`;
}

function pastOf(row: Row): string {
  if (was(row, 'sending', 'template')) return 'as a template, with the file in its header';
  if (was(row, 'held', 'window')) return 'released when the client replied';
  const attempts = attemptsOf(row);
  return attempts > 1 ? `attempt ${attempts}` : '';
}
