import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE, SECOND } from '../src/domain/time.js';
import { accept } from './api/accept.js';
import { clientWrites } from './api/client-writes.js';
import type { Payload } from './callbacks/payloads.js';
import { faultSchema } from './faults/fault.js';
import { SandboxError } from './sandbox-error.js';
import { isRecipient } from './state/clients.js';
import type { OfAccount, SandboxActions, SandboxReadings, SandboxVerbs } from './verbs.js';
import { accountFor, type World } from './world.js';

/** The verbs in the process that the sandbox runs in. */
export function createVerbs(world: World): SandboxVerbs {
  return { ...createActions(world), ...createReadings(world) };
}

function createActions(world: World): SandboxActions {
  return {
    client: (input) => world.clients.register(input),
    reply(to, text, { from, quote } = {}) {
      const account = accountFor(world, from);
      return clientWrites(world, { account, to: checked(to), text, quote: quote ?? null }).message.unique;
    },
    agentSend: (to, text, { from } = {}) => agentSend(world, { to: checked(to), text, from }),
    windowLeft(to, minutes, { from } = {}) {
      const key = { from: accountFor(world, from).from, client: world.clients.find(checked(to)).id };
      world.conversations.setWindow(key, minutes === null ? null : world.clock.now() + minutes * MINUTE);
    },
    advance(ms) {
      const now = world.clock.advance(ms);
      world.schedule.wake();
      return now;
    },
    fault: (fault) => world.faults.add(faultSchema.parse(fault)),
    clearFaults: () => world.faults.clear(),
    callback: (payload, { from } = {}) => postPayload(world, payload, from),
    idle: ({ timeoutMs = 30 * SECOND } = {}) => idle(world, timeoutMs),
  };
}

function createReadings(world: World): SandboxReadings {
  return {
    now: () => world.clock.now(),
    faults: () => world.faults.list(),
    accepted: (filter = {}) => world.messages.accepted(filter),
    acceptedTimes: (filter) => world.messages.accepted(filter).length,
    bill: () => world.conversations.sessions(),
    requests: () => [...world.requests.requests()],
    history: ({ from, to } = {}) =>
      world.messages.history(accountFor(world, from).from, to && world.clients.find(to).id),
    callbacks: () => [...world.courier.posted()],
    counts: () => world.requests.counts(),
  };
}

function checked(to: string): string {
  if (isRecipient(to)) return to;
  throw new SandboxError('unknown_client', 'A client is named by its number (8-15 digits) or its from_id');
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
