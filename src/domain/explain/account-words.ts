import { reasonInWords } from '../reason-words.js';
import type { Standing } from './standing.js';
import { type Tell, when } from './tell.js';

/** What keeps an account from sending; empty while it sends. */
export function accountWords({ account, limits }: Standing, tell: Tell): readonly string[] {
  const words = gateWords(account.gate, tell);
  const { workers, queuePaused, removedAt } = account;
  if (removedAt !== null && workers === 0) {
    words.push(
      `The account was removed from the workers’ settings at ${when(removedAt, tell)}. Its deliveries are kept, and wait until it is there again.`,
    );
  } else if (workers === 0) {
    words.push('No worker is running for this account: nothing is sent until one starts.');
  }
  if (queuePaused && account.gate.state !== 'paused') {
    words.push('Its queue is paused although its gate is not: resume the account to open both.');
  }
  const rests = limits.restsUntil !== null && limits.restsUntil > tell.now;
  if (rests && words.length === 0) {
    words.push(
      `The account sends as fast as it may: its queue rests until ${when(limits.restsUntil, tell)}.`,
    );
  }
  return words;
}

function gateWords(
  { state, reason, since, until, by, who, source }: Standing['account']['gate'],
  tell: Tell,
): string[] {
  const why = reasonInWords(reason);
  switch (state) {
    case 'open':
      return [];
    case 'paused': {
      const began = since === null ? '' : ` since ${when(since, tell)}`;
      if (by === 'worker') {
        return [
          `The account is paused${began} by a worker: ${why}. It goes on when somebody resumes it, or once the provider is found to take its calls again.`,
        ];
      }
      return [
        `The account is paused${began} by ${who || 'an operator'}${source === '' ? '' : ` from the ${source}`}: ${why}. It goes on when somebody resumes it.`,
      ];
    }
    case 'throttled':
    case 'breaker':
      return [`The account sends nothing until ${when(until ?? tell.now, tell)}: ${why}.`];
    case 'probing':
      return ['Many attempts in a row failed: one delivery at a time is tried until one of them goes well.'];
    default:
      return state satisfies never;
  }
}
