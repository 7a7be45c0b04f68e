import type { Webhook } from '../options.js';
import type { World } from '../world.js';
import { authenticate, type Call, type Fields, fail, ok, type Result, text } from './call.js';

/** POST /setWebhook. All three flags are off unless they are asked for; a blank `url` clears it. */
export async function setWebhook(world: World, { fields }: Call): Promise<Result> {
  const account = authenticate(world, fields);
  if (typeof account === 'number') return fail(account);
  const url = text(fields, 'url').trim();
  if (url !== '' && !isWebAddress(url)) return fail(world.options.unlistedReason);
  account.webhook =
    url === '' ? null : { url, ...flagsOf(fields), systemPhoneAlert: text(fields, 'systemPhoneAlert') };
  return ok(settings(account.webhook));
}

/** POST /getWebhook. */
export async function getWebhook(world: World, { fields }: Call): Promise<Result> {
  const account = authenticate(world, fields);
  return typeof account === 'number' ? fail(account) : ok(settings(account.webhook));
}

function isWebAddress(url: string): boolean {
  return /^https?:/i.test(url) && URL.canParse(url);
}

function flagsOf(fields: Fields): Pick<Webhook, 'system' | 'readStatus' | 'retry'> {
  const flag = (name: string): 0 | 1 => (text(fields, name) === '1' ? 1 : 0);
  return { system: flag('system'), readStatus: flag('readStatus'), retry: flag('retry') };
}

/** `system` is a string and the other flags are numbers, as the provider's sample has them. */
function settings(webhook: Webhook | null): Fields {
  return {
    status: 'OK',
    url: webhook?.url ?? '',
    system: String(webhook?.system ?? 0),
    systemPhoneAlert: webhook?.systemPhoneAlert ?? '',
    retry: webhook?.retry ?? 0,
    readStatus: webhook?.readStatus ?? 0,
    reason: 1,
  };
}
