import type { Dispatcher } from 'undici';
import { faultWord } from './faults.js';

/** How one POST ended. `bytesLeft` false: nothing of the request can have reached anybody. */
export type PostResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | null;
      readonly body: Buffer;
    }
  | {
      readonly kind: 'broken';
      readonly bytesLeft: boolean;
      readonly reason: string;
      /** For people, unsanitised. */
      readonly detail: string;
    };

export type PostOptions = {
  /** From dispatch to the answer's last byte, connecting included. */
  readonly timeoutMs: number;
  /** A longer answer is not read to its end. */
  readonly maxBytes: number;
  readonly mayWrite: () => boolean;
  readonly signal: AbortSignal | undefined;
};

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * One POST on undici's public handler interface. Settles exactly once, with whatever happens first.
 *
 * `onRequestStart` is the moment that matters: undici calls it on a connected (and, with TLS, verified) socket
 * and writes the headers in the same tick, unless it is aborted there; then nothing has left, and the socket is
 * destroyed. Only a request that passed it may have been read by somebody. A test pins this.
 */
export class Post implements Dispatcher.DispatchHandler {
  readonly result: Promise<PostResult>;
  readonly #options: PostOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #resolve: (result: PostResult) => void = () => {};
  #settled = false;
  /** Set once bytes may have left. */
  #controller: Dispatcher.DispatchController | null = null;
  #size = 0;
  #status = 0;
  #retryAfter: string | null = null;

  constructor(options: PostOptions) {
    this.#options = options;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = setTimeout(this.#timeOut, options.timeoutMs);
    options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Asked before dispatch: false when there is no use in even connecting; the result is settled then. */
  mayDispatch(): boolean {
    if (this.#options.signal?.aborted) this.#break('aborted');
    else if (!this.#options.mayWrite()) this.#break('stale');
    return !this.#settled;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const isFirstStart = this.#controller === null;
    if (isFirstStart && !this.#settled && this.#options.mayWrite()) {
      this.#controller = controller;
      return;
    }
    // Settled already: given up while connecting. Started already: undici would be about to send it again.
    this.#break(isFirstStart ? 'stale' : 'restarted');
    controller.abort(new Error('not to be written'));
  }

  /** Also called for interim (1xx) answers; the last call is the final one. */
  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    this.#retryAfter = [headers['retry-after']].flat()[0] ?? null;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#options.maxBytes) this.#break('too_large');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks);
    this.#settle({ kind: 'answered', status: this.#status, retryAfter: this.#retryAfter, body });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#break(faultWord(error, this.#controller !== null), error.message);
  }

  readonly #timeOut = (): void => {
    this.#break(this.#controller === null ? 'connect_timeout' : 'timeout');
  };

  readonly #abort = (): void => {
    this.#break('aborted');
  };

  #break(reason: string, detail = reason): void {
    if (this.#settled) return;
    this.#settle({ kind: 'broken', bytesLeft: this.#controller !== null, reason, detail });
    this.#controller?.abort(new Error(reason));
  }

  #settle(result: PostResult): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#resolve(result);
  }
}
