import { type Fields, readFlag, readText } from './fields.js';

/** The account's webhook as the provider has it; null: not told. `url` holds our token: not for logs. */
export type WebhookSettings = {
  readonly url: string | null;
  readonly system: boolean | null;
  readonly readStatus: boolean | null;
  readonly retry: boolean | null;
};

export function readWebhookSettings(fields: Fields): WebhookSettings {
  return {
    url: readText(fields.url),
    system: readFlag(fields.system),
    readStatus: readFlag(fields.readStatus),
    retry: readFlag(fields.retry),
  };
}
