import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Agent, request } from 'undici';
import { BoundedLog } from '../bounded-log.js';
import type { CallbackOptions, Webhook } from '../options.js';
import type { PostedCallback } from '../shapes.js';
import type { RequestLog } from '../state/request-log.js';
import type { TravelClock } from '../travel-clock.js';
import type { Payload } from './payloads.js';
import type { Schedule } from './schedule.js';

export type Parcel = {
  readonly webhook: Webhook;
  /** Callbacks of one conversation are posted one after the other. */
  readonly conversation: string;
  readonly payload: Payload;
};

export type CourierDeps = {
  readonly schedule: Schedule;
  readonly clock: TravelClock;
  readonly requests: RequestLog;
  readonly options: CallbackOptions;
  readonly keep: boolean;
};

/** Posts callbacks, and posts them again when the webhook asked for that and did not answer 200. */
export class Courier {
  readonly #deps: CourierDeps;
  readonly #agent: Agent;
  readonly #posted: BoundedLog<PostedCallback>;
  readonly #tails = new Map<string, Promise<void>>();
  #closed = false;

  constructor(deps: CourierDeps) {
    const { timeoutMs, connections } = deps.options;
    this.#deps = deps;
    this.#posted = new BoundedLog(deps.keep ? Number.POSITIVE_INFINITY : 0);
    this.#agent = new Agent({
      connections,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: timeoutMs },
    });
  }

  /** Resolves after the first attempt; repetitions are scheduled. Never rejects. */
  post(parcel: Parcel): Promise<void> {
    return this.#deps.schedule.track(() => this.#inTurn(parcel, 1));
  }

  posted(): readonly PostedCallback[] {
    return this.#posted.entries();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#agent.destroy();
    await Promise.all(this.#tails.values());
  }

  async #inTurn(parcel: Parcel, attempt: number): Promise<void> {
    const { conversation } = parcel;
    const before = this.#tails.get(conversation) ?? Promise.resolve();
    const turn = before.then(() => this.#attempt(parcel, attempt));
    this.#tails.set(conversation, turn);
    await turn;
    if (this.#tails.get(conversation) === turn) this.#tails.delete(conversation);
  }

  async #attempt(parcel: Parcel, attempt: number): Promise<void> {
    if (this.#closed) return;
    const { clock, requests } = this.#deps;
    const order = requests.count('callbacksPosted');
    const at = clock.now();
    const status = await this.#answerOf(parcel);
    this.#posted.add({ order, at, payload: { ...parcel.payload }, attempt, status });
    if (status !== 200) this.#repeat(parcel, attempt);
  }

  #repeat(parcel: Parcel, attempt: number): void {
    const { schedule, clock, options } = this.#deps;
    const waitMs = options.retryScheduleMs[attempt - 1];
    if (parcel.webhook.retry === 0 || waitMs === undefined) return;
    const dueAt = clock.now() + Math.round(waitMs * options.retryTimeFactor);
    schedule.at(dueAt, () => this.#inTurn(parcel, attempt + 1));
  }

  /** The receiver's status; null for none in time, a broken connection, or an address that nobody listens at. */
  async #answerOf({ webhook, payload }: Parcel): Promise<number | null> {
    const { url, authorization } = target(webhook.url);
    const { contentType, contentEncoding } = this.#deps.options;
    const headers = {
      ...(contentType !== null && { 'content-type': contentType }),
      ...(contentEncoding !== 'identity' && { 'content-encoding': contentEncoding }),
      ...(authorization && { authorization }),
    };
    try {
      const answer = await request(url, {
        method: 'POST',
        headers,
        body: PACKERS[contentEncoding](JSON.stringify(payload)),
        dispatcher: this.#agent,
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return null;
    }
  }
}

/** As proxies pack bodies. */
const PACKERS: Readonly<Record<CallbackOptions['contentEncoding'], (json: string) => string | Buffer>> = {
  identity: (json) => json,
  gzip: (json) => gzipSync(json),
  deflate: (json) => deflateSync(json),
  br: (json) => brotliCompressSync(json),
};

/** A secret may ride in the URL as user and password, which HTTP clients want as a header. */
function target(webhookUrl: string): { url: URL; authorization: string | null } {
  const url = new URL(webhookUrl);
  if (url.username === '' && url.password === '') return { url, authorization: null };
  const userAndPassword = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url, authorization: `Basic ${Buffer.from(userAndPassword).toString('base64')}` };
}
