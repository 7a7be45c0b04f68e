import type { Ack, FailureCode, InboundType, Payload } from './callbacks/payloads.js';
import type { Fault, FaultInput } from './faults/fault.js';
import type { Webhook } from './options.js';
import type {
  BilledSession,
  Client,
  Counts,
  Message,
  MessageFilter,
  PostedCallback,
  RequestFilter,
  SeenRequest,
  ShownAccount,
  ShownWindow,
} from './shapes.js';
import type { ClientInput } from './state/clients.js';

/** Which account; the first one when it is left out. */
export type OfAccount = { readonly from?: string | undefined };

export type ReplyDetails = OfAccount & {
  /** `unique` of the message that is quoted. */
  readonly quote?: string | undefined;
  /** What kind of message it is; default text. */
  readonly type?: InboundType | undefined;
  /** The file's link, where it is one; the text is its caption then. */
  readonly media?: string | undefined;
};

/** What tests, the demo and people do to the sandbox. `to` is always the client, by any of its names. */
export type SandboxActions = {
  /** Makes a client known that has two names, or hides its number. Anyone else needs no introduction. */
  client(input: ClientInput): Client;
  /** A client writes to us: the window opens. Returns the message's `unique`. */
  reply(to: string, text: string, more?: ReplyDetails): string;
  /** A person writes to a client from our number, beside the API. Returns the message's `unique`. */
  agentSend(to: string, text: string, more?: OfAccount): string;
  /** Sets the customer window; 0 = closed, null = as if the client had never written. */
  windowLeft(to: string, minutes: number | null, more?: OfAccount): void;
  /** Travels in time: windows, sessions, timestamps, and callbacks that become due. Returns the new time. */
  advance(ms: number): number;
  fault(fault: FaultInput): void;
  clearFaults(): void;
  /** What becomes of a message of ours, and its callback; throws `no_webhook` when nobody wants to hear of it. */
  receipt(unique: string, ack: Ack, more?: { readonly code?: FailureCode | undefined }): Promise<void>;
  /** Adds an account, or gives a known one another key. */
  account(account: { readonly from: string; readonly apiKey: string }): void;
  /** Sets where an account's callbacks go, as its owner would at the provider; null: nowhere. */
  webhook(webhook: WebhookInput | null, more?: OfAccount): void;
  /** As at the start: nothing seen, nothing due, no time travelled. Returns the seed, the same unless one is given. */
  reset(more?: { readonly seed?: number | undefined }): Promise<number>;
  /** Posts anything to the account's webhook; resolves when it was answered. Throws `no_webhook`. */
  callback(payload: Payload, more?: OfAccount): Promise<void>;
  /** Resolves when no callback is due or under way. Throws `not_idle` after `timeoutMs` (default 30 s). */
  idle(more?: { readonly timeoutMs?: number | undefined }): Promise<void>;
};

/** Its address; flags that are left out are as in the options. */
export type WebhookInput = Pick<Webhook, 'url'> &
  Partial<{ [Flag in keyof Webhook]: Webhook[Flag] | undefined }>;

/** What they ask of it. */
export type SandboxReadings = {
  now(): number;
  /** Faults that may still strike, with the times that are left. */
  faults(): Fault[];
  /** Messages of ours that send calls made, oldest first: the truth about what was taken. */
  accepted(filter?: MessageFilter): Message[];
  /** How many times a delivery was taken: by link, caption, recipient. */
  acceptedTimes(filter: MessageFilter): number;
  /** Paid sessions, oldest first. */
  bill(): BilledSession[];
  /** Every POST that arrived, also those that were refused or got no answer. */
  requests(filter?: RequestFilter): SeenRequest[];
  /** A client's messages both ways, newest first, however fresh; all clients' when `to` is left out. */
  history(of?: OfAccount & { readonly to?: string | undefined }): Message[];
  /** Every POST to a webhook, in the order of their answers. */
  callbacks(): PostedCallback[];
  counts(): Counts;
  accounts(): ShownAccount[];
  /** Customer windows; of one account or client when it is named. */
  windows(of?: OfAccount & { readonly to?: string | undefined }): ShownWindow[];
};

/** The same in the process and over HTTP: see `control/`. */
export type SandboxVerbs = SandboxActions & SandboxReadings;
