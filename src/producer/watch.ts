import { setTimeout as sleep } from 'node:timers/promises';
import { endInWords } from '../domain/reason-words.js';
import { isEnded, reached, type Status } from '../domain/status.js';
import { IllegalStateError, NotFoundError, WaitTimeoutError } from '../errors.js';
import type { DeliveryView } from '../redis/delivery-view.js';

const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 1000;

/** How long to wait. */
export type WaitOptions = {
  /** How long to wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the waiting with an `AbortError`. */
  readonly signal?: AbortSignal;
};

/**
 * Resolves once a delivery has reached a status or a better one.
 * @throws IllegalStateError when it ended otherwise, WaitTimeoutError when time ran out, NotFoundError
 */
export async function waitFor(
  asked: { readonly id: string; readonly until: Status },
  read: () => Promise<DeliveryView | null>,
  { timeoutMs, signal }: WaitOptions,
): Promise<DeliveryView> {
  const deadline = performance.now() + timeoutMs;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, LONGEST_LOOK_MS)) {
    const view = await read();
    if (view === null) throw new NotFoundError(asked.id);
    if (reached(view.status, asked.until)) return view;
    if (cannotReach(view, asked.until)) throw ended(view, asked.until);
    const left = deadline - performance.now();
    if (left <= 0) {
      const { status, reason } = view;
      throw new WaitTimeoutError({ ...asked, status, reason }, endInWords(view));
    }
    await sleep(Math.min(pause, left), undefined, signal === undefined ? {} : { signal });
  }
}

function ended(view: DeliveryView, until: Status): IllegalStateError {
  const { status, reason } = view;
  return new IllegalStateError(`wait for ${until}`, status, { reason, detail: endInWords(view) });
}

/** A failed or finally unknown delivery gets no better; one on its way from accepted to read may. */
function cannotReach({ status, reason }: DeliveryView, wanted: Status): boolean {
  if (status === 'unknown') return reason === 'unresolved';
  if (!isEnded(status)) return false;
  return !(
    ['accepted', 'sent', 'delivered'].includes(status) && ['sent', 'delivered', 'read'].includes(wanted)
  );
}
