import { setTimeout as sleep } from 'node:timers/promises';
import { isEnded, reached, type Status } from '../domain/status.js';
import { UnavailableError } from '../errors.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import { deliveryJson, timelineText } from './delivery-text.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { Output } from './output.js';

const LOOK_EVERY_MS = 250;

export type Watching = {
  /** As it was told already. */
  readonly view: DeliveryView;
  readonly until: Status;
  readonly json: boolean;
  readonly again: () => Promise<DeliveryView>;
  readonly stop: AbortSignal;
};

/** Tells what happens to a delivery from now on, until it has arrived, has ended otherwise, or nobody looks. */
export async function watchDelivery(watching: Watching, output: Output): Promise<ExitCode> {
  const { until, json, stop } = watching;
  const look = createPatientLook(watching.again, output);
  let view = watching.view;
  while (!reached(view.status, until)) {
    if (cannotArrive(view)) return EXIT.refused;
    await sleep(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return EXIT.done;
    const next = await look();
    if (next === null || !isNews(view, next)) continue;
    if (json) output.json(deliveryJson(next));
    else output.lines(newLines(view, next, output));
    view = next;
  }
  return EXIT.done;
}

/** Null while Redis is away, which is said once. */
function createPatientLook(again: Watching['again'], output: Output): () => Promise<DeliveryView | null> {
  let told = false;
  return async () => {
    try {
      const view = await again();
      told = false;
      return view;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      if (!told) output.note('Redis cannot be reached; still trying');
      told = true;
      return null;
    }
  };
}

/** Of what has been accepted, a receipt may yet tell the arrival; a failure that was reported is final. */
function cannotArrive({ status, reason }: DeliveryView): boolean {
  if (status === 'unknown') return reason === 'unresolved';
  return isEnded(status) && !['accepted', 'sent', 'delivered'].includes(status);
}

function isNews(before: DeliveryView, now: DeliveryView): boolean {
  const linesOf = ({ timeline, attempts, asked }: DeliveryView) =>
    timeline.length + attempts.length + asked.length;
  return linesOf(now) > linesOf(before);
}

/** The timeline only grows, so what is new is at its end. */
function newLines(before: DeliveryView, now: DeliveryView, { paint }: Output): string[] {
  return timelineText(now, paint).slice(timelineText(before, paint).length);
}
