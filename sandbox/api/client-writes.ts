import { DAY } from '../../src/domain/time.js';
import { type InboundType, inboundPayload, nameShown } from '../callbacks/payloads.js';
import type { Message } from '../shapes.js';
import type { Draft } from '../state/message-log.js';
import type { Account, World } from '../world.js';

export type Inbound = {
  readonly account: Account;
  /** The client, by any of its names. */
  readonly to: string;
  readonly text: string;
  /** `unique` of the message that is quoted. */
  readonly quote: string | null;
  /** What the callback calls it; `text` when left out. */
  readonly type?: InboundType | undefined;
  /** The file's link, where it is one. */
  readonly media?: string | undefined;
};

/** A client writes to us: its window opens, and our webhook hears of it. */
export function clientWrites(
  world: World,
  { account, to, text, quote, type = 'text', media }: Inbound,
): { message: Message; posted: Promise<void> } {
  const at = world.clock.now();
  const client = world.clients.find(to);
  const draft: Draft = {
    to: nameShown(client),
    origin: 'client',
    kind: 'text',
    body: text,
    caption: null,
    replyTo: quote,
    template: null,
  };
  const message = world.messages.add(draft, {
    unique: world.makeUnique(),
    at,
    from: account.from,
    client: client.id,
  });
  world.conversations.clientWrote({ from: account.from, client: client.id }, at);
  if (account.webhook === null) return { message, posted: Promise.resolve() };
  const { clockAheadMs } = world.options.callbacks;
  const posted = world.courier.post({
    webhook: account.webhook,
    conversation: `${account.from}/${client.id}`,
    payload: inboundPayload({ message, client, type, media, windowLeftMs: DAY, at: at + clockAheadMs }),
  });
  return { message, posted };
}
