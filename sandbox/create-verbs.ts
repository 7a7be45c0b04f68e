import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE, SECOND } from '../src/domain/time.js';
import { maskWebhookUrl } from '../src/domain/webhook-needs.js';
import { accept } from './api/accept.js';
import { clientWrites } from './api/client-writes.js';
import { receipt } from './api/receipt.js';
import type { Payload } from './callbacks/payloads.js';
import { faultSchema } from './faults/fault.js';
import { accountSchema, webhookSchema } from './options.js';
import { SandboxError } from './sandbox-error.js';
import type { RequestFilter, SeenRequest, ShownAccount, ShownWindow } from './shapes.js';
import type { Stage } from './stage.js';
import { isRecipient } from './state/clients.js';
import type { OfAccount, SandboxActions, SandboxReadings, SandboxVerbs } from './verbs.js';
import { type Account, accountFor, newAccount, type World } from './world.js';

/** The verbs in the process that the sandbox runs in. */
export function createVerbs(stage: Stage): SandboxVerbs {
  return { ...createActions(stage), ...createReadings(stage) };
}

function createActions(stage: Stage): SandboxActions {
  return {
    client: (input) => stage.world.clients.register(input),
    reply(to, text, { from, quote, type, media } = {}) {
      const { world } = stage;
      const inbound = { account: accountFor(world, from), to: checked(to), text, quote: quote ?? null };
      return clientWrites(world, { ...inbound, type, media }).message.unique;
    },
    agentSend: (to, text, { from } = {}) => agentSend(stage.world, { to: checked(to), text, from }),
    windowLeft(to, minutes, { from } = {}) {
      const { world } = stage;
      const key = { from: accountFor(world, from).from, client: world.clients.find(checked(to)).id };
      world.conversations.setWindow(key, minutes === null ? null : world.clock.now() + minutes * MINUTE);
    },
    advance(ms) {
      const now = stage.world.clock.advance(ms);
      stage.world.schedule.wake();
      return now;
    },
    fault: (fault) => stage.world.faults.add(faultSchema.parse(fault)),
    clearFaults: () => stage.world.faults.clear(),
    receipt: (unique, ack, { code } = {}) => receipt(stage.world, { unique, ack, code }),
    account: (given) => setAccount(stage.world, accountSchema.parse(given)),
    webhook(given, { from } = {}) {
      accountFor(stage.world, from).webhook = given === null ? null : webhookSchema.parse(given);
    },
    reset: ({ seed } = {}) => stage.reset(seed),
    callback: (payload, { from } = {}) => postPayload(stage.world, payload, from),
    idle: ({ timeoutMs = 30 * SECOND } = {}) => idle(stage.world, timeoutMs),
  };
}

function createReadings(stage: Stage): SandboxReadings {
  return {
    now: () => stage.world.clock.now(),
    faults: () => stage.world.faults.list(),
    accepted: (filter = {}) => stage.world.messages.accepted(filter),
    acceptedTimes: (filter) => stage.world.messages.accepted(filter).length,
    bill: () => stage.world.conversations.sessions(),
    requests: (filter = {}) => seen(stage.world, filter),
    history: ({ from, to } = {}) => {
      const { world } = stage;
      return world.messages.history(accountFor(world, from).from, to && world.clients.find(to).id);
    },
    callbacks: () => [...stage.world.courier.posted()],
    counts: () => stage.world.requests.counts(),
    accounts: () => shownAccounts(stage.world),
    windows: (of = {}) => windows(stage.world, of),
  };
}

function setAccount(world: World, { from, apiKey }: Pick<Account, 'from' | 'apiKey'>): void {
  const known = world.accounts.get(from);
  if (known !== undefined) known.apiKey = apiKey;
  else world.accounts.set(from, newAccount(world.options, { from, apiKey }));
}

function shownAccounts({ accounts }: World): ShownAccount[] {
  return [...accounts.values()].map(({ from, webhook }) => {
    if (webhook === null) return { from, webhook: null };
    const { url, system, readStatus, retry } = webhook;
    return { from, webhook: { url: maskWebhookUrl(url), system, readStatus, retry } };
  });
}

function windows(
  world: World,
  { from, to }: OfAccount & { readonly to?: string | undefined },
): ShownWindow[] {
  const client = to === undefined ? undefined : world.clients.find(to).id;
  const known = world.conversations.windows(world.clock.now());
  return known.filter(
    (each) => (from === undefined || each.from === from) && (client === undefined || each.to === client),
  );
}

function seen({ requests }: World, { endpoint, to, answer }: RequestFilter): SeenRequest[] {
  return requests
    .requests()
    .filter(
      (each) =>
        (endpoint === undefined || each.endpoint === endpoint) &&
        (to === undefined || each.fields?.to === to) &&
        (answer === undefined || each.answer === answer),
    );
}

function checked(to: string): string {
  if (isRecipient(to)) return to;
  throw new SandboxError(
    'unknown_client',
    'A client is named by a number that there may be, or by its from_id',
  );
}

function agentSend(world: World, { to, text, from }: OfAccount & { to: string; text: string }): string {
  const { message } = accept(world, {
    account: accountFor(world, from),
    draft: { to, origin: 'agent', kind: 'text', body: text, caption: null, replyTo: null, template: null },
    dice: world.dice.fork(),
  });
  return message.unique;
}

async function postPayload(world: World, payload: Payload, from: string | undefined): Promise<void> {
  const { webhook, from: conversation } = accountFor(world, from);
  if (webhook === null) throw new SandboxError('no_webhook', 'The account has no webhook');
  await world.courier.post({ webhook, conversation, payload });
}

async function idle({ schedule }: World, timeoutMs: number): Promise<void> {
  const deadline = new AbortController();
  const isIdle = await Promise.race([
    schedule.idle().then(() => true),
    sleep(timeoutMs, false, { signal: deadline.signal }),
  ]);
  deadline.abort();
  if (!isIdle)
    throw new SandboxError('not_idle', `${schedule.pending} callbacks are pending after ${timeoutMs} ms`);
}
