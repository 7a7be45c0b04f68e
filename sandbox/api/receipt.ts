import type { Ack, FailureCode } from '../callbacks/payloads.js';
import type { PlannedReceipt } from '../callbacks/receipt-plan.js';
import { SandboxError } from '../sandbox-error.js';
import type { World } from '../world.js';
import { tell, wants } from './accept.js';

type Asked = { readonly unique: string; readonly ack: Ack; readonly code?: FailureCode | undefined };

/**
 * What became of one message of ours, told now; resolves when its callbacks were answered.
 * Throws `unknown_message`, or `no_webhook` where nothing would be told.
 */
export async function receipt(world: World, { unique, ack, code }: Asked): Promise<void> {
  const message = world.messages.find(unique);
  if (message === undefined || message.origin === 'client')
    throw new SandboxError('unknown_message', 'No message of ours has this unique');
  const webhook = world.accounts.get(message.from)?.webhook ?? null;
  const { failureForm, failureCode } = world.options.callbacks;
  const forms: readonly PlannedReceipt['form'][] =
    ack !== 'failed' ? ['update'] : failureForm === 'both' ? ['update', 'system'] : [failureForm];
  const wanted = forms.filter((form) => webhook !== null && wants(webhook, { form }));
  if (wanted.length === 0) {
    throw new SandboxError(
      'no_webhook',
      'The account has no webhook that wants it: see readStatus and system',
    );
  }
  for (const form of wanted) {
    const told = { ack, form, code: ack === 'failed' ? (code ?? failureCode) : null, dueInMs: 0, copies: 1 };
    await world.schedule.track(() => tell(world, message, told));
  }
}
