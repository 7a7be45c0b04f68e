import { isNumber } from '../../src/domain/recipient.js';
import { DAY, SECOND } from '../../src/domain/time.js';
import { nameShown } from '../callbacks/payloads.js';
import type { SandboxOptions } from '../options.js';
import type { Client, Message } from '../shapes.js';
import type { World } from '../world.js';
import { authenticate, type Call, type Fields, fail, ok, type Result, text } from './call.js';

const PAGE_SIZE = 50;
const KEPT_MS = 365 * DAY;

/** POST /getHistory: an array, newest first; an empty `to` means the whole account. */
export async function getHistory(world: World, { fields }: Call): Promise<Result> {
  const account = authenticate(world, fields);
  if (typeof account === 'number') return fail(account);
  const page = Number(text(fields, 'page'));
  if (!Number.isInteger(page) || page < 1) return fail(world.options.unlistedReason);
  const to = text(fields, 'to');
  const forgottenUntil = world.clock.now() - KEPT_MS;
  const shownUntil = world.clock.now() - world.options.historyLagMs;
  const client = to === '' ? undefined : world.clients.find(to);
  if (client !== undefined && isOtherSpelling(world, client, to)) return ok([]);
  const shown = world.messages
    .history(account.from, client?.id)
    .filter(({ origin, at }) => at > forgottenUntil && (origin === 'client' || at <= shownUntil))
    .slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  return ok(shown.map((message) => entryOf(world, message)));
}

/** Whether the history is kept under another spelling of the number, and found by that one alone: nobody says. */
function isOtherSpelling({ options }: World, { number }: Client, to: string): boolean {
  return options.spelling === 'whatsapp' && isNumber(to) && number !== null && number !== to;
}

/** One line of the history. `timestamp` and `direction` are strings here. */
function entryOf(world: World, message: Message): Fields {
  const isIncoming = message.origin === 'client';
  const client = nameShown(world.clients.find(message.to));
  return {
    unique: message.unique,
    timestamp: String(Math.floor(message.at / SECOND)),
    direction: isIncoming ? '1' : '2',
    from: isIncoming ? client : message.from,
    to: isIncoming ? message.from : client,
    type: message.kind,
    ...(!isIncoming && { state: message.state }),
    message: shownText(message, world.options),
  };
}

function shownText(message: Message, { historyFileMessage, historyText }: SandboxOptions): string {
  const text = sentText(message, historyFileMessage);
  if (historyText === 'raw') return text;
  return text.replace(/\r\n?/g, '\n').normalize('NFC').trim();
}

function sentText(message: Message, fileMessage: SandboxOptions['historyFileMessage']): string {
  if (message.kind === 'template') return message.template?.name ?? '';
  return fileMessage === 'caption' ? (message.caption ?? message.body) : message.body;
}
