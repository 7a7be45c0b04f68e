import type { ReasonOverrides } from '../domain/account.js';
import type { Outcome } from '../domain/outcome.js';
import { SECOND } from '../domain/time.js';
import {
  type GetWebhookAnswer,
  type HistoryAnswer,
  type Question,
  readDone,
  readHistory,
  readSettings,
  type SetWebhookAnswer,
} from './answers.js';
import { type ClassifyContext, classify } from './classify.js';
import { keepOriginalRequest } from './original-request.js';
import { createTransport, type TransportOptions } from './transport.js';
import type {
  GetHistoryBody,
  GetWebhookBody,
  SendFileBody,
  SendTemplateBody,
  SetWebhookBody,
} from './wire.js';

export type AttemptOptions = {
  /** The whole attempt, connecting included. */
  readonly timeoutMs: number;
  /**
   * Asked before dispatch, and again in the tick in which the headers are about to be written. False: the
   * socket is destroyed and the outcome is `not_sent`, reason `stale`.
   */
  readonly mayWrite: () => boolean;
  /** Aborted before bytes left: `not_sent`; after: `unknown`; reason `aborted`. */
  readonly signal?: AbortSignal;
  readonly overrides?: ReasonOverrides;
};

/** The provider. One POST a call, never repeated; nothing that the network does is thrown. */
export type ProviderClient = {
  sendFile(body: SendFileBody, options: AttemptOptions): Promise<Outcome>;
  sendTemplate(body: SendTemplateBody, options: AttemptOptions): Promise<Outcome>;
  getHistory(body: GetHistoryBody): Promise<HistoryAnswer>;
  setWebhook(body: SetWebhookBody): Promise<SetWebhookAnswer>;
  getWebhook(body: GetWebhookBody): Promise<GetWebhookAnswer>;
  /** Waits for what is in flight (bounded by its timeouts). Afterwards every send is `not_sent`, `closed`. */
  close(): Promise<void>;
};

export type ProviderClientOptions = TransportOptions & {
  /** Epoch milliseconds; for `Retry-After` dates. */
  readonly now: () => number;
  /** For the calls that send nothing. */
  readonly questionTimeoutMs?: number;
};

const QUESTION_TIMEOUT_MS = 15 * SECOND;
const LONGEST_ANSWER = 64 * 1024;
/** Fifty messages of 4096 characters, each escaped to six bytes. */
const LONGEST_HISTORY = 2 * 1024 * 1024;

/** Opens no connection until the first call. Throws only on a `baseUrl` that is no URL. */
export function createProviderClient(options: ProviderClientOptions): ProviderClient {
  const transport = createTransport(options);
  const contextOf = (body: object, overrides?: ReasonOverrides): ClassifyContext => ({
    now: options.now(),
    overrides,
    secrets: Object.values(body).filter((value) => typeof value === 'string'),
  });

  async function send(call: string, body: SendFileBody | SendTemplateBody, attempt: AttemptOptions) {
    const { timeoutMs, mayWrite, signal, overrides } = attempt;
    const result = await transport.post(call, body, {
      timeoutMs,
      mayWrite,
      signal,
      maxBytes: LONGEST_ANSWER,
    });
    const wanted = 'showRequest' in body && body.showRequest === 1;
    return keepOriginalRequest(classify(result, contextOf(body, overrides)), { wanted, apiKey: body.apiKey });
  }

  async function ask(call: string, body: object, maxBytes = LONGEST_ANSWER): Promise<Question> {
    const timeoutMs = options.questionTimeoutMs ?? QUESTION_TIMEOUT_MS;
    const result = await transport.post(call, body, {
      timeoutMs,
      maxBytes,
      mayWrite: always,
      signal: undefined,
    });
    return { result, outcome: classify(result, contextOf(body)) };
  }

  return {
    sendFile: (body, attempt) => send('sendFile', body, attempt),
    sendTemplate: (body, attempt) => send('sendTemplate', body, attempt),
    getHistory: async (body) => readHistory(await ask('getHistory', body, LONGEST_HISTORY)),
    setWebhook: async (body) => readDone(await ask('setWebhook', body)),
    getWebhook: async (body) => readSettings(await ask('getWebhook', body)),
    close: () => transport.close(),
  };
}

function always(): boolean {
  return true;
}
