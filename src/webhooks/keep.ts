import { readBody, type WebhookBody } from './body.js';
import { describeError, type WebhookLog } from './log.js';
import type { Spool } from './spool/spool.js';

/** A request's body: its text, when it came (epoch ms), and what was read in it. */
export type ReceivedBody = { readonly text: string; readonly at: number; readonly body: WebhookBody };

/** Resolves when all that a body says is on disk, here or at Redis; throws when that cannot be had. */
export type Keep = (received: ReceivedBody) => Promise<void>;

export type SpoolingDeps = {
  readonly apply: Keep;
  readonly spool: Pick<Spool, 'append'>;
  /** Milliseconds that no change of the clock disturbs. */
  readonly monotonic: () => number;
  readonly log: WebhookLog;
};

/** How long Redis is not asked after it has failed: each call would wait for it in vain. */
const AWAY_MS = 1000;

/** Applies what comes; while that fails, what comes is written to the spool. */
export function createSpoolingKeep({ apply, spool, monotonic, log }: SpoolingDeps): Keep {
  let awayUntil = Number.NEGATIVE_INFINITY;

  async function applied(received: ReceivedBody): Promise<boolean> {
    if (monotonic() < awayUntil) return false;
    try {
      await apply(received);
      return true;
    } catch (error) {
      if (monotonic() >= awayUntil) log.warn('callbacks go to the spool', describeError(error));
      awayUntil = monotonic() + AWAY_MS;
      return false;
    }
  }

  return async (received) => {
    if (!(await applied(received))) await spool.append(received);
  };
}

/** A body that came at `at` (epoch ms) and is applied only now. */
export function readLate(text: string, at: number): ReceivedBody {
  return { text, at, body: dated(readBody(text, at), at) };
}

/** A message without a time of its own was written by the time it came, not by the time it is applied. */
function dated(body: WebhookBody, at: number): WebhookBody {
  if (body.kind === 'not_json') return body;
  const callbacks = body.callbacks.map(({ callback, raw }) =>
    callback.kind === 'inbound'
      ? { callback: { ...callback, timestamp: callback.timestamp ?? at }, raw }
      : { callback, raw },
  );
  return { kind: body.kind, callbacks };
}
