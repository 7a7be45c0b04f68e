import { MINUTE, SECOND } from '../../src/domain/time.js';
import type { Client, Message } from '../shapes.js';

/** Why a message failed: a code, or text with or without one. */
export type FailureCode = number | string;

/** Bodies of the provider's callbacks. Source: its webhook pages; each quirk below is one of theirs. */
export type Payload = Readonly<Record<string, unknown>>;

/** `failed` is 0 unless the options say -1. */
const ACKS = { pending: 0, failed: 0, sent: 1, delivered: 2, read: 3, played: 4 } as const;
export type Ack = keyof typeof ACKS;
export const ACK_NAMES = [
  'pending',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
] as const satisfies readonly Ack[];

export const INBOUND_TYPES = [
  'text',
  'image',
  'audio',
  'video',
  'location',
  'ptt',
  'document',
  'button',
  'contacts',
  'list',
  'reaction',
  'order',
] as const;
export type InboundType = (typeof INBOUND_TYPES)[number];

type Inbound = {
  readonly message: Message;
  readonly client: Client;
  readonly type: InboundType;
  readonly media: string | undefined;
  readonly windowLeftMs: number;
  /** When it was written, by the clock that stamps callbacks. */
  readonly at: number;
};

/** A client's message. `timestamp` is a string here, and so are the minutes left of the window. */
export function inboundPayload({ message, client, type, media, windowLeftMs, at }: Inbound): Payload {
  return {
    status: 'OK',
    hook: 'new',
    unique: message.unique,
    from: nameShown(client),
    from_id: client.fromId,
    username: null,
    country: client.fromId?.slice(0, 2) ?? 'IL',
    phone: client.hidden ? null : client.number,
    to: message.from,
    senderName: 'Sandbox client',
    type,
    body: media ?? message.body,
    caption: media === undefined ? '' : message.body,
    isForwarded: false,
    timestamp: String(Math.floor(at / SECOND)),
    media: media ?? false,
    quote: message.replyTo !== null,
    quoteUnique: message.replyTo ?? false,
    profilePic: '',
    conversationTimeLeft: String(Math.floor(windowLeftMs / MINUTE)),
  };
}

/** A message's status: `from` is the recipient and `to` our account, the reverse of the send call. No time in it. */
export function updatePayload(
  message: Message,
  recipient: string,
  { ack, failureAck }: { readonly ack: Ack; readonly failureAck: number },
): Payload {
  return {
    status: 'OK',
    hook: 'update',
    unique: message.unique,
    from: recipient,
    to: message.from,
    ack: ack === 'failed' ? failureAck : ACKS[ack],
  };
}

/** A message that failed, told as a system message. `timestamp` is an integer here. */
export function failedMessagePayload(
  message: Message,
  recipient: string,
  { code, at }: { readonly code: FailureCode; readonly at: number },
): Payload {
  return {
    status: 'OK',
    hook: 'system',
    type: 'messages',
    to: message.from,
    timestamp: Math.floor(at / SECOND),
    unique: message.unique,
    messageUpdate: code,
    messageTo: recipient,
  };
}

/** How callbacks and history name a client: who hides the number is known by `from_id`. */
export function nameShown(client: Client): string {
  return client.hidden ? (client.fromId ?? client.id) : (client.number ?? client.id);
}
