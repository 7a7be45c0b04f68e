import type { Delivery } from '../../src/domain/delivery.js';
import { DAY } from '../../src/domain/time.js';

/** A Sunday morning: what "now" is where a test does not care. */
export const NOW = Date.UTC(2026, 10, 22, 9, 30);

export const DELIVERY: Delivery = {
  id: 'order-4711',
  from: '972771234567',
  to: '972501234567',
  fileUrl: 'https://files.example/a/invoice.pdf?sig=abc',
  mediaType: 'document',
  caption: 'Your invoice',
  replyTo: null,
  localStorage: false,
  showRequest: false,
  sendAt: NOW,
  expiresAt: NOW + DAY,
  priority: 'normal',
  strictOrder: false,
  onClosedWindow: null,
  onUnknown: null,
  template: null,
  metadata: { order: '4711' },
};
