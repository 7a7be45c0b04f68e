import { createHash } from 'node:crypto';
import { identityOf } from '../domain/delivery.js';
import type { MakeId } from './read-request.js';

/**
 * An id out of what a request asks for: account, recipient, link without its query, caption, media type, quoted
 * message, and `sendAt` where it is given. The same lines again are then the same deliveries.
 */
export const contentId: MakeId = (delivery, { sendAt }) => {
  const parts = [delivery.from, sendAt === undefined ? null : delivery.sendAt, identityOf(delivery)];
  return `dlv_${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 26)}`;
};
