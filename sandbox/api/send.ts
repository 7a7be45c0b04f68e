import { MINUTE, SECOND } from '../../src/domain/time.js';
import type { Message } from '../shapes.js';
import { isRecipient } from '../state/clients.js';
import type { CustomerWindow } from '../state/conversations.js';
import type { Draft } from '../state/message-log.js';
import type { World } from '../world.js';
import { accept } from './accept.js';
import {
  authenticate,
  type Call,
  type Fields,
  fail,
  ok,
  REASONS,
  type Result,
  text,
  withoutKey,
} from './call.js';

export type SendRules = {
  readonly draft: Draft;
  /** The reason why this kind of message may not go; null when it may. */
  readonly check: (window: CustomerWindow) => number | null;
  /** The file to fetch, where there is one. */
  readonly link: string | null;
};

/** What both send calls share: who may send to whom, the file, the acceptance, the answer. */
export async function send(world: World, call: Call, rules: SendRules): Promise<Result> {
  const { fields, dice, failureCode } = call;
  const account = authenticate(world, fields);
  if (typeof account === 'number') return fail(account);
  const { from } = account;
  const { draft, check, link } = rules;
  const { to } = draft;
  if (!isRecipient(to)) return fail(REASONS.badRecipient, { from, to });
  const reason = check(windowOf(world, from, to)) ?? (await refusedFile(world, link));
  if (reason !== null) return fail(reason, { ...clocks(world, from, to), from, to });
  const { message, told } = accept(world, { account, draft, dice, failureCode });
  await told;
  return ok(answerTo(fields, message, clocks(world, from, to)), message.unique);
}

async function refusedFile({ options, files }: World, link: string | null): Promise<number | null> {
  if (!options.fetchFiles || link === null) return null;
  return (await files.isSendable(link)) ? null : options.unlistedReason;
}

/** What is undefined here is absent on the wire. */
function answerTo(fields: Fields, { unique, body, caption, from, to }: Message, clocks: Clocks): Fields {
  return {
    status: 'OK',
    unique,
    body,
    caption: caption ?? undefined,
    timestamp: clocks.timestamp,
    from,
    to,
    templateTimeLeft: clocks.templateTimeLeft,
    originalRequest: text(fields, 'showRequest') === '1' ? withoutKey(fields) : undefined,
  };
}

type Clocks = { readonly timestamp: number; readonly templateTimeLeft: string };

/** The provider's time, an integer; and the minutes left of the window, a string: as its document shows them. */
function clocks(world: World, from: string, to: string): Clocks {
  const window = windowOf(world, from, to);
  const leftMs = window.state === 'open' ? window.leftMs : 0;
  return {
    timestamp: Math.floor(world.clock.now() / SECOND),
    templateTimeLeft: String(Math.floor(leftMs / MINUTE)),
  };
}

function windowOf(world: World, from: string, to: string): CustomerWindow {
  return world.conversations.window({ from, client: world.clients.find(to).id }, world.clock.now());
}
