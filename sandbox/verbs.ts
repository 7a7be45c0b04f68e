import type { Payload } from './callbacks/payloads.js';
import type { Fault, FaultInput } from './faults/fault.js';
import type {
  BilledSession,
  Client,
  Counts,
  Message,
  MessageFilter,
  PostedCallback,
  SeenRequest,
} from './shapes.js';
import type { ClientInput } from './state/clients.js';

/** Which account; the first one when it is left out. */
export type OfAccount = { readonly from?: string | undefined };

/** What tests, the demo and people do to the sandbox. `to` is always the client, by any of its names. */
export type SandboxActions = {
  /** Makes a client known that has two names, or hides its number. Anyone else needs no introduction. */
  client(input: ClientInput): Client;
  /** A client writes to us: the window opens. Returns the message's `unique`. */
  reply(to: string, text: string, more?: OfAccount & { readonly quote?: string | undefined }): string;
  /** A person writes to a client from our number, beside the API. Returns the message's `unique`. */
  agentSend(to: string, text: string, more?: OfAccount): string;
  /** Sets the customer window; 0 = closed, null = as if the client had never written. */
  windowLeft(to: string, minutes: number | null, more?: OfAccount): void;
  /** Travels in time: windows, sessions, timestamps, and callbacks that become due. Returns the new time. */
  advance(ms: number): number;
  fault(fault: FaultInput): void;
  clearFaults(): void;
  /** Posts anything to the account's webhook; resolves when it was answered. Throws `no_webhook`. */
  callback(payload: Payload, more?: OfAccount): Promise<void>;
  /** Resolves when no callback is due or under way. Throws `not_idle` after `timeoutMs` (default 30 s). */
  idle(more?: { readonly timeoutMs?: number | undefined }): Promise<void>;
};

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
  requests(): SeenRequest[];
  /** A client's messages both ways, newest first, however fresh; all clients' when `to` is left out. */
  history(of?: OfAccount & { readonly to?: string | undefined }): Message[];
  /** Every POST to a webhook, in the order of their answers. */
  callbacks(): PostedCallback[];
  counts(): Counts;
};

/** The same in the process and over HTTP: see `control/`. */
export type SandboxVerbs = SandboxActions & SandboxReadings;
