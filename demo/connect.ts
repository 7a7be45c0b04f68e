import { createProviderClient } from '../src/provider/client.js';
import { CONNECT_TIMEOUT_MS } from '../src/worker/send.js';

export type Connecting = {
  readonly providerUrl: string;
  readonly apiKey: string;
  readonly from: string;
  /** Where the provider is to post its callbacks. */
  readonly callbackUrl: string;
};

/** Asks the provider, by its own API, to call our webhook: status and repetition included. Throws if it will not. */
export async function tellProvider({ providerUrl, apiKey, from, callbackUrl }: Connecting): Promise<void> {
  const client = createProviderClient({
    baseUrl: providerUrl,
    connections: 1,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    now: Date.now,
  });
  try {
    const flags = { system: 1, readStatus: 1, retry: 1 } as const;
    const answer = await client.setWebhook({ apiKey, from, url: callbackUrl, ...flags });
    if (answer.kind === 'failed')
      throw new Error(`The provider did not take our webhook: ${answer.outcome.detail}`);
  } finally {
    await client.close();
  }
}
