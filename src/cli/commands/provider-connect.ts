import type { ProviderSetup, WebhookCheck } from '../../app/provider-setup.js';
import type { Account } from '../../domain/account.js';
import { maskNumber } from '../../domain/mask.js';
import { type WebhookFault, type WebhookSettings, webhookFaults } from '../../domain/webhook-needs.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { wantYes } from '../options.js';
import { type Output, table } from '../output.js';
import { UsageError } from '../usage-error.js';
import { checkInWords, faultLines, shown } from '../webhook-text.js';
import { webhookUrlOf } from '../webhook-url.js';

export type Given = {
  readonly url?: string | undefined;
  readonly yes: boolean;
  readonly json: boolean;
};

type Tools = { readonly setup: ProviderSetup; readonly output: Output };
type Change = { readonly before: WebhookSettings; readonly after: WebhookSettings };

/** Shows what would change for one account; does it, and looks whether it has come about, when it is confirmed. */
export async function connectAccount(account: Account, given: Given, tools: Tools): Promise<ExitCode> {
  const { setup, output } = tools;
  // Refused before anything is asked.
  const wanted = given.url === undefined ? null : webhookUrlOf(given.url, setup.tokens());
  const check = await setup.check(account);
  const before = check.settings;
  if (before === null) return tellFaults(check, given, output);
  const after = { ...before, url: wanted ?? kept(check), system: true, readStatus: true, retry: true };
  const change = { before, after };
  const isNeeded = differs(change);
  if (!given.json) output.lines(changeInWords(account, change));
  const result = isNeeded && given.yes ? await carryOut(account, after, tools) : null;
  if (result !== null && result.faults.length > 0) return tellFaults(result, given, output);
  if (given.json) output.json(asJson(account, change, isNeeded && given.yes));
  else output.line(result !== null ? 'done' : isNeeded ? 'not done yet' : 'nothing to change');
  if (!isNeeded || given.yes) return EXIT.done;
  return wantYes(output);
}

/** Flags alone cannot mend an address. */
function kept({ settings, faults }: WebhookCheck): string {
  const fault = faults.find(({ code }) => code.startsWith('url_'));
  if (fault === undefined && settings?.url != null) return settings.url;
  throw new UsageError(
    `--url: is needed, for ${fault?.wrong ?? 'no address is set'}; expected https://<your host>`,
  );
}

async function carryOut(account: Account, after: WebhookSettings, { setup }: Tools): Promise<WebhookCheck> {
  const refusal = await setup.connect(account, after, after.url ?? '');
  if (refusal !== null) return { account, settings: null, faults: [refusal] };
  const check = await setup.check(account);
  if (check.settings === null || check.settings.url === after.url) return check;
  return { ...check, faults: [...check.faults, NOT_TAKEN] };
}

const NOT_TAKEN: WebhookFault = {
  code: 'url_not_taken',
  wrong: 'the provider said OK and still has another address',
  right: 'the address that was set',
};

function differs({ before, after }: Change): boolean {
  return before.url !== after.url || webhookFaults(before, []).length > 0;
}

function changeInWords({ name, from }: Account, { before, after }: Change): string[] {
  const [old, wanted] = [shown(before), shown(after)];
  const rows = Object.entries(wanted).map(([setting, value]) => {
    const was = Object.entries(old).find(([other]) => other === setting)?.[1] ?? '';
    // Two addresses may differ in what is not shown.
    const hidden = setting === 'url' && was === value && before.url !== after.url;
    return [setting, was, hidden ? `${value} (another token)` : value];
  });
  return [`${name} (${maskNumber(from)})`, ...table(['setting', 'before', 'after'], rows)];
}

function asJson({ name, from }: Account, { before, after }: Change, done: boolean): object {
  return { account: name, from: maskNumber(from), done, before: shown(before), after: shown(after) };
}

function tellFaults(check: WebhookCheck, { json }: Given, output: Output): ExitCode {
  const { account, faults } = check;
  if (json) output.json({ account: account.name, from: maskNumber(account.from), done: false, faults });
  else if (check.settings === null)
    for (const line of checkInWords(check, output.paint)) output.complain(line);
  else for (const line of faultLines(check, output.paint)) output.complain(line);
  return EXIT.refused;
}
