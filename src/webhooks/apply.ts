import type { Callback, InboundCallback, ReceiptCallback } from '../domain/callback.js';
import type { Status } from '../domain/status.js';
import type { ReceivedCallback } from './body.js';
import { withDeadline } from './deadline.js';
import type { ReceivedBody } from './keep.js';
import { quarantine } from './quarantine.js';

/** The delivery that a callback was about, after it was applied. */
export type TouchedDelivery = {
  readonly id: string;
  readonly status: Status;
  readonly statusBefore: string;
  readonly statusChanged: boolean;
  /** On the first news of its arrival: how long after acceptance; else null. */
  readonly acceptToDeliveredMs: number | null;
};

/** What became of a callback. `early`: its `unique` is not known yet; it is kept and applied when a send settles. */
export type ApplyResult =
  | { readonly kind: 'applied'; readonly account: string; readonly delivery?: TouchedDelivery }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'early' }
  | { readonly kind: 'unknown_account' };

/** `kept`: not understood; its raw text waits for a person. */
export type CallbackResult = ApplyResult | { readonly kind: 'kept' };

/** Where callbacks become durable: each call is atomic, idempotent, and on disk when it resolves. */
export type CallbackStore = {
  applyInbound(callback: InboundCallback): Promise<ApplyResult>;
  applyReceipt(callback: ReceiptCallback): Promise<ApplyResult>;
  /** Keeps what was not understood, within bounds; `duplicate`: it is there already. */
  keepUnread(name: string, raw: string): Promise<'kept' | 'duplicate'>;
};

export type ApplyDeps = {
  readonly store: CallbackStore;
  readonly observer: {
    applied(callback: Callback, result: CallbackResult): void;
    quarantined(name: string): void;
  };
  readonly deadlines: { readonly storeMs: number };
};

/**
 * Makes durable all that a body says, or all of a body that says nothing. All or a repetition: what was applied
 * before one failed is a duplicate the next time.
 * @throws DeadlineError when the store is late; whatever the store throws
 */
export async function applyBody({ text, body }: ReceivedBody, deps: ApplyDeps): Promise<void> {
  const applying: Promise<unknown> =
    body.kind === 'not_json'
      ? quarantine({ name: body.kind, raw: text }, deps)
      : Promise.all(body.callbacks.map((received) => applyCallback(received, deps)));
  await withDeadline(applying, deps.deadlines.storeMs);
}

/**
 * Makes one callback durable, then tells of it. A store that answers too late is still heard: the observer follows
 * the record, though the caller has given up and the provider will repeat the call.
 */
async function applyCallback(received: ReceivedCallback, deps: ApplyDeps): Promise<void> {
  deps.observer.applied(received.callback, await record(received, deps));
}

async function record({ callback, raw }: ReceivedCallback, deps: ApplyDeps): Promise<CallbackResult> {
  switch (callback.kind) {
    case 'inbound':
      return keepIfForeign(await deps.store.applyInbound(callback), raw, deps);
    case 'receipt':
      return keepIfForeign(await deps.store.applyReceipt(callback), raw, deps);
    case 'other':
      return { kind: await quarantine({ name: callback.name, raw }, deps) };
    default:
      return callback satisfies never;
  }
}

/** An account may be ours soon, when its settings reach this process: what was said of it is not thrown away. */
async function keepIfForeign(result: ApplyResult, raw: string, deps: ApplyDeps): Promise<ApplyResult> {
  if (result.kind === 'unknown_account') await quarantine({ name: result.kind, raw }, deps);
  return result;
}
