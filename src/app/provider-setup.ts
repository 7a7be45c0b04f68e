import type { Account } from '../domain/account.js';
import {
  silenceFault,
  type WebhookFault,
  type WebhookSettings,
  webhookFaults,
} from '../domain/webhook-needs.js';
import { UnknownAccountError } from '../errors.js';
import { createProviderClient } from '../provider/client.js';
import type { Settings } from './boot.js';
import { systemEffects, tunnelsOf } from './core.js';

/** What the provider has set for an account; `settings` null: it did not tell, and the fault says why. */
export type WebhookCheck = {
  readonly account: Account;
  readonly settings: WebhookSettings | null;
  readonly faults: readonly WebhookFault[];
};

/** Asks and sets what the provider keeps for the accounts. Needs no Redis. */
export type ProviderSetup = {
  /** The account by number or name; all of them without one. @throws UnknownAccountError */
  accounts(fromOrName?: string): readonly Account[];
  tokens(): readonly string[];
  check(account: Account): Promise<WebhookCheck>;
  /** Sets address and flags as needed and keeps all else; null when the provider took it. */
  connect(account: Account, before: WebhookSettings, url: string): Promise<WebhookFault | null>;
  close(): Promise<void>;
};

export function openProviderSetup(configured: Settings): ProviderSetup {
  const { config, secrets } = configured;
  const { url: baseUrl, ca } = config.provider;
  const provider = createProviderClient({
    baseUrl,
    ...(ca === null ? {} : { ca }),
    tunnelTo: tunnelsOf(configured),
    now: systemEffects.now,
  });
  const signed = ({ from }: Account) => ({ apiKey: secrets.apiKey(from) ?? '', from });
  return {
    accounts: (fromOrName) => pick(config.accounts, fromOrName),
    tokens: () => secrets.webhookTokens(),
    async check(account) {
      const answer = await provider.getWebhook(signed(account));
      if (answer.kind === 'failed')
        return { account, settings: null, faults: [silenceFault(answer.outcome)] };
      const { settings } = answer;
      return { account, settings, faults: webhookFaults(settings, secrets.webhookTokens()) };
    },
    async connect(account, { others }, url) {
      const flags = { system: 1, readStatus: 1, retry: 1 } as const;
      const answer = await provider.setWebhook({ ...others, ...signed(account), url, ...flags });
      return answer.kind === 'done' ? null : silenceFault(answer.outcome);
    },
    close: () => provider.close(),
  };
}

function pick(accounts: readonly Account[], fromOrName: string | undefined): readonly Account[] {
  if (fromOrName === undefined) return accounts;
  const named = accounts.filter(({ from, name }) => from === fromOrName || name === fromOrName);
  if (named.length === 0) throw new UnknownAccountError(fromOrName);
  return named;
}
