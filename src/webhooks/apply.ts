import type { Callback, InboundCallback, ReceiptCallback } from '../domain/callback.js';
import type { Status } from '../domain/status.js';
import type { ReceivedCallback } from './body.js';
import { withDeadline } from './deadline.js';

const MAX_RAW_BYTES = 16 * 1024;

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
  /** Keeps what was not understood: bounded, raw (≤ 16 KiB), with its name. */
  keepUnread(name: string, raw: string): Promise<void>;
};

export type ApplyDeps = {
  readonly store: CallbackStore;
  readonly observer: { applied(callback: Callback, result: CallbackResult, durationMs: number): void };
  readonly now: () => number;
  readonly deadlines: { readonly storeMs: number };
};

/**
 * Makes one callback durable, then tells of it. A store that answers too late is still heard: the observer follows
 * the record, though the caller has given up and the provider will repeat the call.
 * @throws DeadlineError when the store is late; whatever the store throws
 */
export async function applyCallback(received: ReceivedCallback, deps: ApplyDeps): Promise<void> {
  const startedAt = deps.now();
  const recording = record(received, deps.store);
  const told = recording.then(
    (result) => deps.observer.applied(received.callback, result, deps.now() - startedAt),
    () => undefined, // the store's failure is heard below, once
  );
  await withDeadline(recording, deps.deadlines.storeMs);
  await told;
}

async function record({ callback, raw }: ReceivedCallback, store: CallbackStore): Promise<CallbackResult> {
  switch (callback.kind) {
    case 'inbound':
      return keepIfForeign(await store.applyInbound(callback), raw, store);
    case 'receipt':
      return keepIfForeign(await store.applyReceipt(callback), raw, store);
    case 'other':
      await store.keepUnread(callback.name, firstBytes(raw));
      return { kind: 'kept' };
    default:
      return callback satisfies never;
  }
}

/** An account may be ours soon, when its settings reach this process: what was said of it is not thrown away. */
async function keepIfForeign(result: ApplyResult, raw: string, store: CallbackStore): Promise<ApplyResult> {
  if (result.kind === 'unknown_account') await store.keepUnread('unknown_account', firstBytes(raw));
  return result;
}

/** Cut at a character's edge. */
function firstBytes(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_RAW_BYTES) return text;
  return bytes
    .subarray(0, MAX_RAW_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '');
}
