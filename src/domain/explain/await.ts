import { UNKNOWN_ENDS_MS } from '../doubt.js';
import { presumedFailedAt, UNSENT } from '../status.js';
import type { DeliveryFacts } from './facts.js';
import { renewsAt, type Standing } from './standing.js';

/** What ends the state that a delivery is in. */
export type Awaited =
  /** A time has to come: it is in `until`. */
  | 'time'
  /** Those that are ahead in its lane. */
  | 'turn'
  /** The recipient must write. */
  | 'inbound'
  | 'budget'
  /** The account's gate or queue must be opened. */
  | 'account'
  /** Some worker must run, or have a hand free. */
  | 'worker'
  /** The provider's answer to the attempt under way. */
  | 'answer'
  /** The history, or an operator, must say what became of an attempt. */
  | 'evidence'
  | 'receipt'
  | 'nothing';

/** `until`: when it ends by itself, at the latest; null: it does not, or nobody can say. Epoch milliseconds. */
export type Awaiting = { readonly for: Awaited; readonly until: number | null };

/** `now`: a time that is over by then is not waited for any more. */
export function awaitingOf(delivery: DeliveryFacts, standing: Standing, now: number): Awaiting {
  const { status, horizonAt } = delivery;
  if (UNSENT.includes(status)) return unsentAwaiting(delivery, standing, now);
  switch (status) {
    case 'sending':
      return { for: 'answer', until: horizonAt };
    case 'unknown':
      return unknownAwaiting(delivery);
    case 'accepted':
      return { for: 'receipt', until: presumedFailedAt(delivery.receipts) };
    case 'sent':
    case 'delivered':
      return { for: 'receipt', until: null };
    default:
      return { for: 'nothing', until: null };
  }
}

function unsentAwaiting(delivery: DeliveryFacts, standing: Standing, now: number): Awaiting {
  const { cost, window, account } = standing;
  switch (delivery.reason) {
    case 'schedule':
      if (delivery.sendAt > now) return { for: 'time', until: delivery.sendAt };
      break;
    case 'backoff':
    case 'limit':
    case 'preflight':
    case 'data_key':
      if (delivery.notBefore !== null && delivery.notBefore > now) {
        return { for: 'time', until: delivery.notBefore };
      }
      break;
    case 'lane':
      return { for: 'turn', until: delivery.expiresAt };
    case 'window':
      if (window.state !== 'open') return { for: 'inbound', until: delivery.expiresAt };
      break;
    case 'budget':
      if (cost.held) return { for: 'budget', until: Math.min(renewsAt(cost), delivery.expiresAt) };
      break;
  }
  const kept = account.gate.state !== 'open' && account.gate.state !== 'probing';
  if (kept || account.queuePaused) return { for: 'account', until: account.gate.until };
  return { for: 'worker', until: null };
}

function unknownAwaiting({ reason, startedAt }: DeliveryFacts): Awaiting {
  if (reason === 'unresolved' || startedAt === null) return { for: 'nothing', until: null };
  return { for: 'evidence', until: startedAt + UNKNOWN_ENDS_MS };
}
