import type { Account } from '../domain/account.js';
import { HOUR, MINUTE } from '../domain/time.js';
import { silenceFault, type WebhookFault, webhookFaults } from '../domain/webhook-needs.js';
import type { AccountObserver } from '../observe/observer.js';
import type { ProviderClient } from '../provider/client.js';
import type { WebhookCheck } from '../redis/webhook-checks.js';

export type WebhookWatchDeps = {
  readonly provider: Pick<ProviderClient, 'getWebhook'>;
  readonly apiKeyOf: (from: string) => string;
  /** Empty where this process does not know them. */
  readonly tokens: () => readonly string[];
  /** Whether it is still this process that tells: the lease may be lost while the provider thinks. */
  readonly isOurs: () => boolean;
  readonly observer: Pick<AccountObserver, 'webhookChecked'>;
  /** Keeps what came of it for the people on duty, with the faults in words. */
  readonly keep: (from: string, check: Pick<WebhookCheck, 'state' | 'faults'>) => Promise<void>;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
};

const EVERY_MS = HOUR;
/** Where the last answer told nothing. */
const AGAIN_MS = 5 * MINUTE;

/**
 * Looks at an account's webhook when that is due: the first time at once, then each hour. An account whose callbacks
 * do not come goes on sending, so this only warns.
 */
export function createWebhookWatch(deps: WebhookWatchDeps) {
  const dueAt = new Map<string, number>();

  async function look(account: Account): Promise<void> {
    if (deps.monotonic() < (dueAt.get(account.from) ?? Number.NEGATIVE_INFINITY)) return;
    const { state, faults } = await check(account, deps);
    if (!deps.isOurs()) return;
    deps.observer.webhookChecked({ account: account.name, state, faults: faults.map(({ code }) => code) });
    await deps.keep(account.from, { state, faults: faults.map(({ wrong }) => wrong) });
    const waitMs = state === 'unanswered' ? AGAIN_MS : EVERY_MS;
    dueAt.set(account.from, deps.monotonic() + waitMs);
  }

  return {
    look,
    /** Whoever takes over starts anew: what was shown is gone with the lease. */
    forget: () => dueAt.clear(),
  };
}

type Checked = { readonly state: WebhookCheck['state']; readonly faults: readonly WebhookFault[] };

async function check({ from }: Account, deps: WebhookWatchDeps): Promise<Checked> {
  const answer = await deps.provider.getWebhook({ apiKey: deps.apiKeyOf(from), from });
  if (answer.kind === 'settings') {
    const faults = webhookFaults(answer.settings, deps.tokens());
    return { state: faults.length === 0 ? 'right' : 'wrong', faults };
  }
  const { outcome } = answer;
  const state = outcome.kind === 'account_error' ? 'wrong' : 'unanswered';
  return { state, faults: [silenceFault(outcome)] };
}
