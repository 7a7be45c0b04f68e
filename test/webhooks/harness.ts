import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Callback, InboundCallback, ReceiptCallback } from '../../src/domain/callback.js';
import type { Status } from '../../src/domain/status.js';
import {
  type ApplyResult,
  applyBody,
  type CallbackResult,
  type CallbackStore,
} from '../../src/webhooks/apply.js';
import type { Keep } from '../../src/webhooks/keep.js';
import { WEBHOOK_LIMITS } from '../../src/webhooks/limits.js';
import { startWebhookServer, type WebhookServerOptions } from '../../src/webhooks/server.js';
import { ACCOUNT, OTHER_ACCOUNT } from './samples.js';

export const TOKEN = 'a-token-of-the-tests';
export const JSON_TYPE = 'application/json';

/** A store that behaves like the real one, in memory; `before` stands for what Redis may do to a call. */
export class MemoryStore implements CallbackStore {
  readonly accounts = new Set([ACCOUNT, OTHER_ACCOUNT]);
  readonly deliveries = new Map<string, { readonly id: string; status: Status }>();
  readonly inbound: InboundCallback[] = [];
  readonly receipts: ReceiptCallback[] = [];
  readonly unread: { readonly name: string; readonly raw: string }[] = [];
  before: () => Promise<void> = async () => undefined;
  private readonly seen = new Set<string>();

  async applyInbound(callback: InboundCallback): Promise<ApplyResult> {
    await this.before();
    const refusal = this.precheck(callback.account, `inbound ${callback.unique}`);
    if (refusal !== undefined) return refusal;
    this.inbound.push(callback);
    return { kind: 'applied', account: callback.account };
  }

  async applyReceipt(callback: ReceiptCallback): Promise<ApplyResult> {
    await this.before();
    const refusal = this.precheck(callback.account, `${callback.receipt} ${callback.unique}`);
    if (refusal !== undefined) return refusal;
    this.receipts.push(callback);
    const delivery = this.deliveries.get(callback.unique);
    if (delivery === undefined) return { kind: 'early' };
    const statusBefore = delivery.status;
    const status = callback.receipt === 'unconfirmed' ? statusBefore : callback.receipt;
    const statusChanged = statusBefore !== status;
    delivery.status = status;
    const touched = { ...delivery, statusBefore, statusChanged, acceptToDeliveredMs: null };
    return { kind: 'applied', account: callback.account, delivery: touched };
  }

  async keepUnread(name: string, raw: string): Promise<'kept' | 'duplicate'> {
    await this.before();
    if (this.unread.some((each) => each.name === name && each.raw === raw)) return 'duplicate';
    this.unread.push({ name, raw });
    return 'kept';
  }

  private precheck(account: string, key: string): ApplyResult | undefined {
    if (!this.accounts.has(account)) return { kind: 'unknown_account' };
    if (this.seen.has(`${account} ${key}`)) return { kind: 'duplicate' };
    this.seen.add(`${account} ${key}`);
    return undefined;
  }
}

/** What the server told its observer and its log. */
export class Recorder {
  readonly applied: { readonly callback: Callback; readonly result: CallbackResult }[] = [];
  readonly refusals: string[] = [];
  readonly quarantined: string[] = [];
  readonly answers: number[] = [];
  readonly lines: string[] = [];

  readonly observer = {
    applied: (callback: Callback, result: CallbackResult) => void this.applied.push({ callback, result }),
    refused: (code: number, why: string) => void this.refusals.push(`${code} ${why}`),
    quarantined: (name: string) => void this.quarantined.push(name),
    answered: (code: number) => void this.answers.push(code),
  };
  readonly log = { info: this.line('info'), warn: this.line('warn'), error: this.line('error') };

  private line(level: string) {
    return (message: string, fields: object = {}) =>
      void this.lines.push(JSON.stringify({ level, message, ...fields }));
  }
}

export async function startHarness(options: Partial<WebhookServerOptions> = {}) {
  const store = new MemoryStore();
  const recorder = new Recorder();
  const now = () => Date.now();
  const { observer } = recorder;
  const deadlines = { ...WEBHOOK_LIMITS, ...options.limits };
  const apply: Keep = (received) => applyBody(received, { store, observer, deadlines });
  const server = await startWebhookServer({
    host: '127.0.0.1',
    port: 0,
    tokens: () => [TOKEN],
    allow: [],
    trustProxy: 0,
    keep: apply,
    observer,
    ready: () => ({ ready: true, dependencies: { redis: 'up' } }),
    log: recorder.log,
    now,
    ...options,
  });
  const origin = `http://${server.address}`;
  return { server, store, recorder, apply, origin, hook: `${origin}/webhooks/${TOKEN}` };
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: string };

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** A raw connection: writes what it is told, and gives all that came back once the server hung up. */
export async function openSocket(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const received = collect(socket);
  return { socket, received };
}

async function collect(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined); // a reset is one way to hang up
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

/** A promise and the two hands that end it. */
export function latch() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Waits for a condition, with a deadline; looks again each turn of the event loop. */
export async function until(holds: () => boolean, deadlineMs = 5000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('the condition did not come to hold in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
