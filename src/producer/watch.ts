import { setTimeout as sleep } from 'node:timers/promises';
import { isEnded, reached, type Status } from '../domain/status.js';
import { IllegalStateError, NotFoundError, WaybillError } from '../errors.js';
import type { DeliveryView } from '../redis/delivery-view.js';

const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 1000;

export type WaitOptions = { readonly timeoutMs: number; readonly signal?: AbortSignal };

/**
 * Resolves once a delivery has reached a status or a better one.
 * @throws IllegalStateError when it ended otherwise, WaybillError (TIMEOUT) when time ran out, NotFoundError
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
    if (cannotReach(view, asked.until)) throw new IllegalStateError(`wait for ${asked.until}`, view.status);
    const left = deadline - performance.now();
    if (left <= 0) throw new WaybillError('TIMEOUT', `Still ${view.status} when the time to wait was over`);
    await sleep(Math.min(pause, left), undefined, signal === undefined ? {} : { signal });
  }
}

/** A failed or finally unknown delivery gets no better; one on its way from accepted to read may. */
function cannotReach({ status, reason }: DeliveryView, wanted: Status): boolean {
  if (status === 'unknown') return reason === 'unresolved';
  if (!isEnded(status)) return false;
  return !(
    ['accepted', 'sent', 'delivered'].includes(status) && ['sent', 'delivered', 'read'].includes(wanted)
  );
}
