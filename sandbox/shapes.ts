import { z } from 'zod';

/** What the sandbox tells of itself, in the process and over the control API alike. Times are epoch milliseconds. */
export const MESSAGE_STATES = ['accepted', 'sent', 'delivered', 'read', 'failed'] as const;
const text = z.string();
const time = z.number();

export const messageSchema = z.object({
  unique: text,
  /** Counts all messages, both ways, from 1. */
  order: z.number(),
  at: time,
  /** Our account. */
  from: text,
  /** The client, as the one who sent it named it. */
  to: text,
  /** The same client by its canonical name: the number where it is known, else the `from_id`. */
  client: text,
  /** By whom: a send call, a person using our number, or the client. */
  origin: z.enum(['api', 'agent', 'client']),
  kind: z.enum(['file', 'template', 'text']),
  /** The file's link (of a template: its header's); a text's text. */
  body: text,
  caption: text.nullable(),
  replyTo: text.nullable(),
  template: z.object({ name: text, variables: z.array(text), language: z.number().nullable() }).nullable(),
  state: z.enum(MESSAGE_STATES),
});
export type Message = z.infer<typeof messageSchema>;
export type MessageState = Message['state'];

export const messageFilterSchema = z.strictObject({
  from: text.optional(),
  to: text.optional(),
  kind: z.enum(['file', 'template']).optional(),
  body: text.optional(),
  caption: text.optional(),
  unique: text.optional(),
});
export type MessageFilter = z.infer<typeof messageFilterSchema>;

export const billedSessionSchema = z.object({
  from: text,
  /** The client by its canonical name. */
  to: text,
  openedAt: time,
  messages: z.number(),
});
export type BilledSession = z.infer<typeof billedSessionSchema>;

export const shownWindowSchema = z.object({
  from: text,
  /** The client by its canonical name. */
  to: text,
  state: z.enum(['open', 'closed', 'never']),
  /** null: the client has not written. */
  closesAt: time.nullable(),
});
export type ShownWindow = z.infer<typeof shownWindowSchema>;

const bit = z.union([z.literal(0), z.literal(1)]);

/** Never the key; of the webhook's address nothing that may be a secret. */
export const shownAccountSchema = z.object({
  from: text,
  webhook: z.object({ url: text, system: bit, readStatus: bit, retry: bit }).nullable(),
});
export type ShownAccount = z.infer<typeof shownAccountSchema>;

export const requestFilterSchema = z.strictObject({
  endpoint: text.optional(),
  to: text.optional(),
  answer: text.optional(),
});
export type RequestFilter = z.infer<typeof requestFilterSchema>;

export const seenRequestSchema = z.object({
  order: z.number(),
  at: time,
  endpoint: text,
  /** As it came, without `apiKey`; null when it was not read or is not a JSON object. */
  fields: z.record(text, z.unknown()).nullable(),
  /** `OK`, `FAIL 7`, or the fault's kind; `open` while it has no answer. */
  answer: text,
  /** Of the message that it made; null when it made none. */
  unique: text.nullable(),
});
export type SeenRequest = z.infer<typeof seenRequestSchema>;

export const postedCallbackSchema = z.object({
  order: z.number(),
  at: time,
  payload: z.record(text, z.unknown()),
  /** Counted from 1; above that, a repetition because of `retry`. */
  attempt: z.number(),
  /** The receiver's HTTP status; null when it gave none in time. */
  status: z.number().nullable(),
});
export type PostedCallback = z.infer<typeof postedCallbackSchema>;

export const clientSchema = z.object({
  /** The number where it is known, else the `from_id`. */
  id: text,
  number: text.nullable(),
  fromId: text.nullable(),
  /** Its callbacks name the `from_id` alone. */
  hidden: z.boolean(),
});
export type Client = z.infer<typeof clientSchema>;

export const countsSchema = z.object({
  requests: z.number(),
  accepted: z.number(),
  refused: z.number(),
  faulted: z.number(),
  callbacksPosted: z.number(),
  callbacksLost: z.number(),
});
export type Counts = z.infer<typeof countsSchema>;
