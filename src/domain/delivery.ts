import type { AccountTemplate, ClosedWindowPolicy, UnknownPolicy } from './account.js';
import { fileOfLink, hostAndName } from './link-identity.js';
import type { MediaType } from './media.js';
import { conversationOf } from './spellings.js';

export const PRIORITIES = ['high', 'normal', 'low'] as const;
/**
 * Which conversations go first.
 * @useDeclaredType
 */
export type Priority = (typeof PRIORITIES)[number];

/** One request to get one file to one recipient, parsed and with its times settled (epoch milliseconds). */
export type Delivery = {
  /** Unique in its account. */
  readonly id: string;
  /** The account's number. */
  readonly from: string;
  /** The recipient. */
  readonly to: string;
  /** The link, percent-encoded. */
  readonly fileUrl: string;
  /** What the file is. */
  readonly mediaType: MediaType;
  /** Text under the file. */
  readonly caption: string | null;
  /** The `unique` of the message that is quoted. */
  readonly replyTo: string | null;
  /** The provider downloads the file first. */
  readonly localStorage: boolean;
  /** The provider's account of the request is kept. */
  readonly showRequest: boolean;
  /** Not sent before. */
  readonly sendAt: number;
  /** Not sent after. */
  readonly expiresAt: number;
  /** Which conversations go first. */
  readonly priority: Priority;
  /** Later ones of the conversation wait for this one. */
  readonly strictOrder: boolean;
  /** Null: as the account says. */
  readonly onClosedWindow: ClosedWindowPolicy | null;
  /** Null: as the account says. */
  readonly onUnknown: UnknownPolicy | null;
  /** Null: the account's. */
  readonly template: AccountTemplate | null;
  /** The app's own strings. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** What is sent in an attempt: the file, or a template that carries it in its header. */
export type SendKind = 'file' | 'template';

/**
 * What makes two requests the same one: recipient, file, caption, media type, quoted message; of the link what signing
 * does not change. The order and the separator are part of stored records. `to`: the recipient by another spelling.
 */
export function identityOf(delivery: Delivery, to = delivery.to): string {
  return identityWith(fileOfLink(delivery.fileUrl), to, delivery);
}

/** What two requests share that differ in nothing but the path in front of the file's name. */
export function identityButForPath(delivery: Delivery): string {
  return identityWith(hostAndName(delivery.fileUrl), conversationOf(delivery.to), delivery);
}

function identityWith(file: string, to: string, { caption, mediaType, replyTo }: Delivery): string {
  return JSON.stringify([to, file, caption, mediaType, replyTo]);
}

export function isPriority(text: unknown): text is Priority {
  return (PRIORITIES as readonly unknown[]).includes(text);
}
