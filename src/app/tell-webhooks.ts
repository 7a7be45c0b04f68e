import type { Callback } from '../domain/callback.js';
import { isStatus } from '../domain/status.js';
import type {
  Observer,
  WebhookApplied,
  WebhookKind,
  WebhookRefusal,
  WebhookResult,
} from '../observe/observer.js';
import type { CallbackResult } from '../webhooks/apply.js';
import type { Refusal, WebhookObserver } from '../webhooks/refusal.js';

const REFUSALS: Readonly<Record<Refusal, WebhookRefusal>> = {
  token: 'token',
  address: 'address',
  too_large: 'too_large',
  not_json: 'not_json',
  path: 'invalid',
  malformed: 'invalid',
  too_slow: 'invalid',
  headers_too_large: 'invalid',
  bug: 'invalid',
  busy: 'unavailable',
  draining: 'unavailable',
  store_failed: 'unavailable',
  store_late: 'unavailable',
  spool_full: 'unavailable',
};

type Deps = {
  readonly observer: Observer;
  /** The account's name; metrics and logs never show its number. */
  readonly nameOf: (from: string) => string;
  readonly now: () => number;
};

/** Tells counters and log what the webhook server tells us. */
export function tellWebhooks({ observer, nameOf, now }: Deps): WebhookObserver {
  return {
    applied(callback, result) {
      const ours = result.kind !== 'unknown_account' && callback.account !== null;
      const account = ours ? nameOf(callback.account ?? '') : null;
      observer.webhookApplied({
        account,
        kind: callback.kind satisfies WebhookKind,
        result: resultOf(result),
        what: whatOf(callback),
        deliveryId: result.kind === 'applied' ? (result.delivery?.id ?? null) : null,
        recipient: recipientOf(callback),
        reason: reasonOf(callback),
        receivedAt: now(),
        ...moveOf(result),
      });
      if (account !== null) tellDelivery({ account, callback, result }, observer);
    },
    refused: (code, why) => observer.webhookRefused({ refusal: REFUSALS[why], detail: `${code} ${why}` }),
    quarantined: (name) => observer.webhookQuarantined({ name }),
    answered: (code, durationMs) => observer.webhookAnswered({ code, durationMs }),
  };
}

function moveOf(result: CallbackResult): Pick<WebhookApplied, 'from' | 'to'> {
  const delivery = result.kind === 'applied' ? result.delivery : undefined;
  if (delivery === undefined || !delivery.statusChanged) return { from: null, to: null };
  const { statusBefore: from, status: to } = delivery;
  return { from: isStatus(from) ? from : null, to };
}

type Told = { readonly account: string; readonly callback: Callback; readonly result: CallbackResult };

function tellDelivery({ account, callback, result }: Told, observer: Observer): void {
  const { from, to } = moveOf(result);
  if (result.kind !== 'applied' || result.delivery === undefined || to === null) return;
  const { id: deliveryId, acceptToDeliveredMs } = result.delivery;
  observer.deliveryMoved({
    account,
    deliveryId,
    recipient: recipientOf(callback) ?? '',
    from,
    to,
    reason: reasonOf(callback),
    ...(acceptToDeliveredMs === null ? {} : { acceptToDeliveredMs }),
  });
}

function reasonOf(callback: Callback): string | null {
  return callback.kind === 'receipt' ? callback.code : null;
}

function resultOf(result: CallbackResult): WebhookResult {
  return result.kind === 'kept' || result.kind === 'unknown_account' ? 'ignored' : result.kind;
}

function whatOf(callback: Callback): string {
  if (callback.kind === 'receipt') return callback.receipt;
  return callback.kind === 'inbound' ? 'inbound' : callback.name;
}

function recipientOf(callback: Callback): string | null {
  if (callback.kind === 'receipt') return callback.recipient;
  return callback.kind === 'inbound' ? (callback.number ?? callback.fromId) : null;
}
