import type { AccountTemplate, ClosedWindowPolicy, UnknownPolicy } from './account.js';
import { fileOfLink, hostAndName } from './link-identity.js';
import type { MediaType } from './media.js';
import { conversationOf } from './spellings.js';

export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** One request to get one file to one recipient, parsed and with its times settled (epoch milliseconds). */
export type Delivery = {
  readonly id: string;
  /** The account's number. */
  readonly from: string;
  readonly to: string;
  readonly fileUrl: string;
  readonly mediaType: MediaType;
  readonly caption: string | null;
  readonly replyTo: string | null;
  readonly localStorage: boolean;
  readonly showRequest: boolean;
  readonly sendAt: number;
  readonly expiresAt: number;
  readonly priority: Priority;
  readonly strictOrder: boolean;
  /** Null: as the account says. */
  readonly onClosedWindow: ClosedWindowPolicy | null;
  readonly onUnknown: UnknownPolicy | null;
  readonly template: AccountTemplate | null;
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
