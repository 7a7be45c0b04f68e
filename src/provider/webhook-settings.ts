import type { Scalar, WebhookSettings } from '../domain/webhook-needs.js';
import { type Fields, readFlag, readText } from './fields.js';

/** What is read by name, and what is about the answer itself. */
const READ: ReadonlySet<string> = new Set(['url', 'system', 'readStatus', 'retry', 'status', 'reason']);
/** Never sent back as if it were a setting. */
const OURS: ReadonlySet<string> = new Set(['apiKey', 'from']);

export function readWebhookSettings(fields: Fields): WebhookSettings {
  return {
    url: readText(fields.url),
    system: readFlag(fields.system),
    readStatus: readFlag(fields.readStatus),
    retry: readFlag(fields.retry),
    others: othersOf(fields),
  };
}

function othersOf(fields: Fields): Record<string, Scalar> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, Scalar][] =>
      READ.has(name) || OURS.has(name) || !isScalar(value) ? [] : [[name, value]],
    ),
  );
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
