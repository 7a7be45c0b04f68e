import { statusInWords } from '../reason-words.js';
import type { Facts } from './facts.js';
import { type BudgetStanding, type Cost, renewsAt, type Standing } from './standing.js';
import { counted, type Tell, when } from './tell.js';

/** May a file go now, and what would it cost? */
export function conversationWords(standing: Standing, tell: Tell): readonly string[] {
  return [windowWords(standing.window, tell), sessionWords(standing, tell), ...pairWords(standing, tell)];
}

function windowWords({ state, closesAt, lastInboundAt }: Standing['window'], tell: Tell): string {
  const wrote = lastInboundAt === null ? '' : ` The recipient last wrote at ${when(lastInboundAt, tell)}.`;
  if (closesAt === null || state === 'unknown') {
    return 'Whether the customer window is open is not known: nothing has been seen of the recipient, and the provider decides.';
  }
  if (state === 'open') return `The customer window is open: it closes at ${when(closesAt, tell)}.${wrote}`;
  return `The customer window has been closed since ${when(closesAt, tell)}: no file may go until the recipient writes.${wrote}`;
}

function sessionWords({ session, cost }: Standing, tell: Tell): string {
  if (session.state === 'not_billed') return 'A send costs nothing: replies of this account are not billed.';
  if (session.state === 'open' && session.endsAt !== null) {
    return `A paid session is open until ${when(session.endsAt, tell)}: a send costs nothing until then.`;
  }
  const last =
    session.endsAt === null
      ? 'No paid session is open'
      : `The last paid session ended at ${when(session.endsAt, tell)}`;
  return `${last}: a send would open one.${budgetWords(cost, tell)}`;
}

function budgetWords(cost: Cost, tell: Tell): string {
  const { day, month, held } = cost;
  if (day === null || month === null) return ' What budget there is, no worker has told.';
  const parts = [leftWords(day, 'today'), leftWords(month, 'this month')].filter((part) => part !== null);
  if (parts.length === 0) return ' There is no budget that would limit it.';
  const left = ` Of the budget ${parts.join(' and ')}.`;
  return held ? `${left} It would be held until the budget renews at ${when(renewsAt(cost), tell)}.` : left;
}

function leftWords({ limit, left }: BudgetStanding, span: string): string | null {
  if (limit === null || left === null) return null;
  return `${left === 0 ? 'nothing is' : `${counted(left, 'session')} of ${limit} ${left === 1 ? 'is' : 'are'}`} left ${span}`;
}

function pairWords({ limits: { pairAt } }: Standing, tell: Tell): readonly string[] {
  if (pairAt === null || pairAt <= tell.now) return [];
  return [`So many files to one recipient may not go at once: the next one may at ${when(pairAt, tell)}.`];
}

/** Who goes first, and what is under way. */
export function laneWords({ lane, delivery }: Facts, tell: Tell): readonly string[] {
  const words: string[] = [];
  const { flight } = lane;
  if (flight !== null && flight.id !== delivery?.id) {
    const until = flight.until === null ? '' : `; the others wait for it until ${when(flight.until, tell)}`;
    words.push(`In flight is ${flight.id} (${statusInWords(flight.status, flight.reason)})${until}.`);
  }
  const others = lane.deliveries.filter(({ id }) => id !== flight?.id);
  if (others.length === 0) return words;
  const named = others.map(({ id, status, reason }) => `${id} (${statusInWords(status, reason)})`).join(', ');
  const more = lane.count - lane.deliveries.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  words.push(`${delivery === null ? 'In the lane' : 'Before it'}: ${named}${rest}.`);
  return words;
}
