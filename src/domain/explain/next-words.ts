import type { Awaiting } from './await.js';
import type { DeliveryFacts, Facts } from './facts.js';
import { counted, soon, type Tell, when } from './tell.js';

export type Told = {
  readonly delivery: DeliveryFacts;
  readonly facts: Facts;
  readonly awaiting: Awaiting;
};

/** What a delivery waits for, in a sentence; null where nothing more is to come. */
export function nextWords({ delivery, facts, awaiting }: Told, tell: Tell): string | null {
  const at = awaiting.until === null ? null : when(awaiting.until, tell);
  switch (awaiting.for) {
    case 'time':
      return at === null ? null : `It goes on at ${at}.`;
    case 'turn':
      return 'It goes on as soon as those before it have been sent or have ended.';
    case 'inbound':
      return 'It goes on as soon as the recipient writes.';
    case 'budget':
      return `It goes on when the budget renews at ${at}, or when a session is given back or the budget is raised.${othersWords(facts)}`;
    case 'account':
      return `It goes on once the account does${at === null ? '' : `, at ${at}`}.`;
    case 'worker': {
      const come = delivery.status === 'queued' ? '' : 'What it waited for has come: ';
      return `${come === '' ? 'It' : `${come}it`} goes on as soon as a worker takes it up.`;
    }
    case 'answer':
      return `It waits for the provider’s answer${at === null ? '' : `: without one its outcome is unknown, at ${at} at the latest`}.`;
    case 'evidence': {
      const { nextReadAt } = delivery;
      const asked =
        nextReadAt === null ? '' : `the provider’s history is asked next ${soon(nextReadAt, tell)}; `;
      return `It waits for evidence: ${asked}the search ends at ${at}.`;
    }
    case 'receipt':
      return `It waits for the ${delivery.status === 'delivered' ? 'recipient to read it' : 'provider to report what became of it'}.`;
    case 'nothing':
      return null;
    default:
      return awaiting.for satisfies never;
  }
}

function othersWords({ account: { budgetQueue } }: Facts): string {
  if (budgetQueue === 0) return '';
  return ` ${counted(budgetQueue, 'delivery has', 'deliveries have')} waited longer for it.`;
}
