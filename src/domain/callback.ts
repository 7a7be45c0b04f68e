/**
 * What the provider tells by webhook, once parsed. Times are epoch milliseconds. `unconfirmed`: an ack 0 without a
 * reason, which is "not sent yet" to some providers and "failed" to others.
 */
export const RECEIPTS = ['sent', 'delivered', 'read', 'failed', 'unconfirmed'] as const;
/**
 * What the provider reports of a message after it took it.
 * @useDeclaredType
 */
export type Receipt = (typeof RECEIPTS)[number];

export type InboundCallback = {
  readonly kind: 'inbound';
  /** Our account's number. */
  readonly account: string;
  /** The client's number; null while the client hides it. */
  readonly number: string | null;
  /** The client's `from_id`; null when the callback had none. */
  readonly fromId: string | null;
  readonly unique: string;
  /** When the client wrote, by the provider's clock; null when the callback did not tell. */
  readonly timestamp: number | null;
  /** `conversationTimeLeft`, in milliseconds; recorded, it never shortens a window. */
  readonly windowLeftMs: number | null;
  readonly quotedUnique: string | null;
};

export type ReceiptCallback = {
  readonly kind: 'receipt';
  readonly account: string;
  readonly recipient: string | null;
  readonly unique: string;
  readonly receipt: Receipt;
  /** Why it failed (`messageUpdate`), as the provider's code; null when not told. */
  readonly code: string | null;
  /** The same in the provider's words, masked and bounded; null when not told. */
  readonly reason: string | null;
  /** Null also where no clock could have said so. */
  readonly timestamp: number | null;
};

/** Well-formed JSON that is neither of the above: another `system` type, an unlisted ack, a new hook. */
export type OtherCallback = {
  readonly kind: 'other';
  readonly account: string | null;
  /** A bounded word for logs and counters: `system_update`, `ack_7`, `hook_unlisted`, … */
  readonly name: string;
};

export type Callback = InboundCallback | ReceiptCallback | OtherCallback;
