import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { maskWebhookUrl } from '../../src/domain/webhook-needs.js';
import type { Dice } from '../dice.js';
import { ENDPOINTS, type Endpoint, type Fault, takesMessage } from '../faults/fault.js';
import { spoil } from '../faults/spoil.js';
import { readBody } from '../read-body.js';
import type { SeenRequest } from '../shapes.js';
import type { World } from '../world.js';
import { type Answer, writeAnswer } from './answer.js';
import { type Call, type Fields, fail, REASONS, type Result, text, withoutKey } from './call.js';
import { getHistory } from './get-history.js';
import { sendFile } from './send-file.js';
import { sendTemplate } from './send-template.js';
import { getWebhook, setWebhook } from './webhook-settings.js';

const CALLS: Readonly<Record<Endpoint, (world: World, call: Call) => Promise<Result>>> = {
  sendFile,
  sendTemplate,
  getHistory,
  setWebhook,
  getWebhook,
};
/** What the provider says of a message that it did not take, where a fault has no words of its own. */
const TRY_AGAIN = 6;

export function endpointOf(name: string): Endpoint | undefined {
  return ENDPOINTS.find((endpoint) => endpoint === name);
}

/** One exchange on the wire; `signal` ends its waits when the sandbox closes. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
};

/** Answers one POST of the provider's API. Rejects when the caller breaks off, or the sandbox closes. */
export async function answerCall(world: World, endpoint: Endpoint, exchange: Exchange): Promise<void> {
  const { request, response, signal } = exchange;
  const dice = world.dice.fork();
  const seen = world.requests.open(endpoint, world.clock.now());
  const unread = world.faults.strikeUnread(endpoint, dice);
  if (unread !== null) {
    markFaulted(world, seen, unread);
    spoil(response, unread, { status: 200, json: null });
    return;
  }
  const fields = parseFields(await readBody(request));
  if (fields !== null && world.options.keepRequests) seen.fields = shownFields(endpoint, fields);
  const texts = fields === null ? [] : textsOf(fields);
  const to = fields === null ? null : text(fields, 'to');
  const fault = world.faults.strike({ endpoint, to, texts }, dice) ?? world.firewall(texts);
  await wait(latency(world, dice, fields) + slowness(fault, 'before_accepting'), signal);
  const failureCode = fault?.kind === 'undeliverable' ? { failureCode: fault.code } : {};
  const result = await resultOf(world, { endpoint, fault, call: fields && { fields, dice, ...failureCode } });
  note(world, seen, result);
  if (fault !== null) markFaulted(world, seen, fault);
  await wait(slowness(fault, 'after_accepting'), signal);
  const answer = answerOf(world, result);
  if (fault === null) writeAnswer(response, answer);
  else spoil(response, fault, answer);
}

/** The control API has no password: a webhook's address holds its receiver's. */
function shownFields(endpoint: Endpoint, fields: Fields): Record<string, unknown> {
  const shown = withoutKey(fields);
  return endpoint === 'setWebhook' ? { ...shown, url: maskWebhookUrl(text(fields, 'url')) } : shown;
}

/** A file that the provider stores first takes longer. */
function latency({ options }: World, dice: Dice, fields: Fields | null): number {
  const isStored = fields !== null && text(fields, 'localStorage') === '1';
  return dice.between(options.latencyMs) + (isStored ? dice.between(options.localStorageMs) : 0);
}

/** What a request says, but for its key. */
function textsOf(fields: Fields): readonly string[] {
  return Object.values(withoutKey(fields)).filter((value) => typeof value === 'string');
}

function parseFields(body: string): Fields | null {
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

function isObject(json: unknown): json is Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function slowness(fault: Fault | null, when: 'before_accepting' | 'after_accepting'): number {
  return fault?.kind === 'slow' && fault.when === when ? fault.latencyMs : 0;
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}

type Handling = { readonly endpoint: Endpoint; readonly fault: Fault | null; readonly call: Call | null };

async function resultOf(world: World, { endpoint, fault, call }: Handling): Promise<Result> {
  if (fault !== null && !takesMessage(fault)) return fail(TRY_AGAIN);
  // The provider answers broken JSON with the reason of an unknown account.
  if (call === null) return fail(REASONS.noSuchAccount);
  return CALLS[endpoint](world, call);
}

function note(world: World, seen: SeenRequest, { reason, unique }: Result): void {
  seen.answer = reason === null ? 'OK' : `FAIL ${reason}`;
  seen.unique = unique;
  if (unique !== null) world.requests.count('accepted');
  if (reason !== null) world.requests.count('refused');
}

function markFaulted(world: World, seen: SeenRequest, fault: Fault): void {
  seen.answer = fault.kind;
  world.requests.count('faulted');
}

function answerOf({ options }: World, { json, reason }: Result): Answer {
  return { status: reason === null ? 200 : options.failHttpStatus, json };
}
