import { closuresMs, type Health } from '../domain/breaker.js';
import type { Reply } from './reply.js';

/** What an attempt's end did to the gate by the breaker's rules; null: nothing. Epoch milliseconds. */
export type BreakerMove =
  | { readonly kind: 'closed'; readonly until: number }
  | { readonly kind: 'opened' }
  | null;

/** What an attempt's end tells of the provider's health, as scripts take it. */
export function breakerArgs(health: Health, random: () => number) {
  return { health, closures: health === 'bad' ? closuresMs(random()).join(' ') : '' };
}

export function readBreakerMove(reply: Reply, index: number): BreakerMove {
  const move = reply.textOrNull(index);
  if (move === null) return null;
  return move === 'open' ? { kind: 'opened' } : { kind: 'closed', until: Number(move) };
}
