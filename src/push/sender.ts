import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import type { TestEvent, WaybillEvent } from '../domain/event.js';
import { addressOfHost, isPublicAddress } from '../domain/public-address.js';
import { parseRetryAfter } from '../domain/retry-after.js';
import { HOUR, SECOND } from '../domain/time.js';
import { createConnector } from '../network/connector.js';
import type { TunnelTo } from '../network/tunnel.js';
import { PrivateAddressError, publicLookup } from './lookup-public.js';

/** Where events are pushed to. */
export type PushEndpoint = {
  /** Its name in keys, metrics and logs: the URL may hold a secret. */
  readonly name: string;
  readonly url: string;
  /** Empty: all. */
  readonly types: readonly WaybillEvent['type'][];
  /** Whether it may lie in a private network, and be plain http. */
  readonly allowPrivate: boolean;
};

export type PushResult =
  | { readonly kind: 'taken' }
  /** `restMs`: how long it asks to be left alone. */
  | { readonly kind: 'failed'; readonly reason: string; readonly restMs: number };

export type SenderDeps = {
  readonly endpoint: PushEndpoint;
  /** All sign, so that the receiver may know any of them while one is being changed. */
  readonly secrets: () => readonly string[];
  /** What goes with each event besides, by names in lower case; the signature's own headers go first. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The way there, where it is through a proxy. */
  readonly tunnelTo?: TunnelTo;
};

/** What came of a POST; `status` null: no answer came. */
export type Posted = { readonly status: number | null; readonly result: PushResult };

export type Sender = {
  post(event: WaybillEvent | TestEvent): Promise<Posted>;
  send(event: WaybillEvent): Promise<PushResult>;
  close(): Promise<void>;
};

/** So many POSTs are in flight to one endpoint. */
export const IN_FLIGHT = 8;
const TIMEOUT_MS = 15 * SECOND;
/** Where a name leads to several addresses, each gets a second, then the next one is tried. */
const CONNECTING = {
  timeout: 5 * SECOND,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: SECOND,
} as const;
const MOST_READ = 16 * 1024;
const GONE_REST_MS = HOUR;

/** POSTs events by the Standard Webhooks convention. No redirect is followed, nothing is repeated here. */
export function createSender({ endpoint, secrets, headers, now, tunnelTo }: SenderDeps): Sender {
  const lookup = endpoint.allowPrivate ? {} : { lookup: publicLookup() };
  // Through a proxy it is the proxy that looks the name up.
  const tunnel = tunnelTo?.(new URL(endpoint.url)) ?? null;
  const connect = createConnector({ ...CONNECTING, ...lookup }, tunnel);
  const agent = new Agent({ connections: IN_FLIGHT, connect });
  const isRefused = !endpoint.allowPrivate && !mayBePublic(endpoint.url);

  async function post(event: WaybillEvent | TestEvent): Promise<Posted> {
    if (isRefused) return unanswered('private_address');
    const body = JSON.stringify(event);
    try {
      const answer = await request(endpoint.url, {
        method: 'POST',
        headers: {
          'user-agent': 'waybill',
          ...headers?.(),
          ...headersOf(event.id, body, { secrets: secrets(), now: now() }),
        },
        body,
        dispatcher: agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.body.dump({ limit: MOST_READ });
      const status = answer.statusCode;
      return { status, result: read(status, parseRetryAfter(answer.headers['retry-after'], now())) };
    } catch (error) {
      return unanswered(reasonOf(error));
    }
  }

  return { post, send: async (event) => (await post(event)).result, close: () => agent.close() };
}

/** A literal address is connected to without asking anybody for its name. */
function mayBePublic(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const address = addressOfHost(hostname);
  return protocol === 'https:' && (address === null || isPublicAddress(address));
}

type Signing = { readonly secrets: readonly string[]; readonly now: number };

function headersOf(id: string, body: string, { secrets, now }: Signing) {
  const sentAt = new Date(now);
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': `${Math.floor(now / SECOND)}`,
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, sentAt, body)).join(' '),
  };
}

function read(status: number, restMs: number | null): PushResult {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  // Gone for good, it says: asked again now and then, for whoever brings it back.
  if (status === 410) return failed('gone', GONE_REST_MS);
  return failed(`http_${status}`, restMs ?? 0);
}

function unanswered(reason: string): Posted {
  return { status: null, result: failed(reason) };
}

function failed(reason: string, restMs = 0): PushResult {
  return { kind: 'failed', reason, restMs };
}

/** In a word, without what the network said: that may repeat the URL. */
function reasonOf(error: unknown): string {
  if (error instanceof PrivateAddressError) return 'private_address';
  // One of another realm is no instance of ours.
  if (typeof error !== 'object' || error === null) return 'failed';
  const words = ['code', 'name'].map((field) => WORDS.get(String(Reflect.get(error, field))));
  return words.find((word) => word !== undefined) ?? 'failed';
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['TimeoutError', 'timeout'],
  ['WAYBILL_PROXY', 'proxy'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
]);
