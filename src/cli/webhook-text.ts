import type { WebhookCheck } from '../app/provider-setup.js';
import { maskNumber } from '../domain/mask.js';
import {
  maskWebhookUrl,
  NEEDED_FLAGS,
  type WebhookFault,
  type WebhookSettings,
} from '../domain/webhook-needs.js';
import type { Paint } from './output.js';

/** A fault with the command, or the deed, that mends it. */
export type Mendable = WebhookFault & { readonly mend: string };

/** What of a webhook's settings may be shown: the address masked, flags as words. */
export type ShownSettings = Readonly<Record<'url' | 'readStatus' | 'system' | 'retry', string>>;

export function shown({ url, ...flags }: WebhookSettings): ShownSettings {
  const word = (on: boolean | null) => (on === null ? 'not told' : on ? 'on' : 'off');
  const [readStatus, system, retry] = NEEDED_FLAGS.map(({ flag }) => word(flags[flag]));
  return {
    url: url === null ? 'none' : maskWebhookUrl(url),
    readStatus: readStatus ?? '',
    system: system ?? '',
    retry: retry ?? '',
  };
}

export function mendable({ account, settings, faults }: WebhookCheck): Mendable[] {
  const connect = `waybill provider connect --from ${account.name}`;
  const isAddressWrong = faults.some(({ code }) => code.startsWith('url_'));
  const mend = `${connect}${isAddressWrong ? ' --url https://<your host>' : ''} --yes`;
  return faults.map((fault) => ({
    ...fault,
    mend: settings === null ? (MEND_SILENCE[fault.code] ?? CHECK_AGAIN) : mend,
  }));
}

const CHECK_AGAIN = 'waybill provider check, once it is mended';
const MEND_SILENCE: Readonly<Partial<Record<string, string>>> = {
  no_answer: 'waybill provider check, later',
};

/** One account, for people. */
export function checkInWords(check: WebhookCheck, paint: Paint): string[] {
  const { account, settings, faults } = check;
  const name = `${account.name} (${maskNumber(account.from)})`;
  if (faults.length === 0) return [`${name}: ${paint.good('all right')}`, ...rows(settings)];
  return [`${name}: ${paint.bad(`${faults.length} wrong`)}`, ...rows(settings), ...faultLines(check, paint)];
}

export function faultLines(check: WebhookCheck, paint: Paint): string[] {
  const mends = mendable(check);
  const told = mends.flatMap(({ wrong, right }) => [
    `  ${paint.bad('wrong')}  ${wrong}`,
    `  right  ${right}`,
  ]);
  const commands = new Set(mends.map(({ mend }) => mend));
  return [...told, ...[...commands].map((mend) => `  ${paint.strong('mend')}   ${mend}`)];
}

function rows(settings: WebhookSettings | null): string[] {
  if (settings === null) return [];
  const { url, ...flags } = shown(settings);
  const words = Object.entries(flags).map(([name, value]) => `${name} ${value}`);
  return [`  ${url}`, `  ${words.join(', ')}`];
}

export function checkAsJson(check: WebhookCheck): object {
  const { account, settings, faults } = check;
  return {
    account: account.name,
    from: maskNumber(account.from),
    ok: faults.length === 0,
    url: settings?.url == null ? null : maskWebhookUrl(settings.url),
    ...(settings === null ? {} : flagsOf(settings)),
    faults: mendable(check),
  };
}

function flagsOf({ readStatus, system, retry }: WebhookSettings): object {
  return { readStatus, system, retry };
}
