import { isNumber } from '../../src/domain/recipient.js';
import {
  type FailureCode,
  failedMessagePayload,
  type Payload,
  updatePayload,
} from '../callbacks/payloads.js';
import { type PlannedReceipt, planReceipts } from '../callbacks/receipt-plan.js';
import type { Dice } from '../dice.js';
import type { Webhook } from '../options.js';
import type { Message } from '../shapes.js';
import type { Draft } from '../state/message-log.js';
import type { Account, World } from '../world.js';
import { clientWrites } from './client-writes.js';

export type Acceptance = {
  readonly account: Account;
  readonly draft: Draft;
  readonly dice: Dice;
  readonly failureCode?: FailureCode | undefined;
};

/** Takes a message, into the history and onto the bill. `told` resolves when its early callbacks are out. */
export function accept(world: World, acceptance: Acceptance): { message: Message; told: Promise<void> } {
  const { account, draft } = acceptance;
  const at = world.clock.now();
  const client = world.clients.find(draft.to).id;
  const message = world.messages.add(draft, { unique: world.makeUnique(), at, from: account.from, client });
  world.conversations.bill({ from: account.from, client }, at);
  const told = tellReceipts(world, message, acceptance);
  planAutoReply(world, message, acceptance);
  return { message, told };
}

async function tellReceipts(world: World, message: Message, acceptance: Acceptance): Promise<void> {
  const { account, dice, failureCode } = acceptance;
  if (account.webhook === null || !world.options.callbacks.automatic) return;
  const plan = planReceipts(world.options.callbacks, dice, failureCode);
  for (const receipt of plan.later) {
    world.schedule.at(message.at + receipt.dueInMs, () => tell(world, message, receipt));
  }
  for (const receipt of plan.early) await world.schedule.track(() => tell(world, message, receipt));
}

/** The receipt happens in any case; whether our webhook hears of it is another matter. */
export async function tell(world: World, message: Message, receipt: PlannedReceipt): Promise<void> {
  const { ack } = receipt;
  if (ack !== 'pending') world.messages.moveTo(message, ack === 'played' ? 'read' : ack);
  const webhook = world.accounts.get(message.from)?.webhook ?? null;
  if (webhook === null || !wants(webhook, receipt)) return;
  if (receipt.copies === 0) world.requests.count('callbacksLost');
  const payload = payloadOf(world, message, receipt);
  const conversation = `${message.from}/${message.client}`;
  const copies = Array.from({ length: receipt.copies }, () =>
    world.courier.post({ webhook, conversation, payload }),
  );
  await Promise.all(copies);
}

/** Whether an account's webhook hears of receipts of this form. */
export function wants(webhook: Webhook, { form }: Pick<PlannedReceipt, 'form'>): boolean {
  return (form === 'system' ? webhook.system : webhook.readStatus) === 1;
}

function payloadOf(world: World, message: Message, { form, ack, code }: PlannedReceipt): Payload {
  const { clients, clock, options } = world;
  const { failureAck, clockAheadMs } = options.callbacks;
  const recipient = isNumber(message.to) ? (clients.find(message.to).number ?? message.to) : message.to;
  return form === 'system'
    ? failedMessagePayload(message, recipient, { code: code ?? 0, at: clock.now() + clockAheadMs })
    : updatePayload(message, recipient, { ack, failureAck });
}

function planAutoReply(world: World, message: Message, { account, dice }: Acceptance): void {
  const { autoReply } = world.options;
  if (autoReply === undefined || message.origin !== 'api') return;
  const dueAt = message.at + dice.between(autoReply.afterMs);
  if (!dice.chance(autoReply.probability)) return;
  world.schedule.at(dueAt, async () => {
    if (message.state === 'failed') return;
    await clientWrites(world, { account, to: message.to, text: autoReply.text, quote: null }).posted;
  });
}
