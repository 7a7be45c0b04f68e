import { setTimeout as sleep } from 'node:timers/promises';
import type { ExplainedDelivery } from '../app/client.js';
import { isEnded, reached, type Status } from '../domain/status.js';
import { UnavailableError } from '../errors.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import { deliveryJson } from './delivery-text.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { type Output, plain } from './output.js';
import { timelineText } from './timeline-text.js';

const LOOK_EVERY_MS = 250;

export type Watching = {
  /** As it was told already. */
  readonly found: ExplainedDelivery;
  readonly until: Status;
  readonly json: boolean;
  readonly again: () => Promise<ExplainedDelivery>;
  readonly stop: AbortSignal;
};

/** Tells what happens to a delivery from now on, until it has arrived, has ended otherwise, or nobody looks. */
export async function watchDelivery(watching: Watching, output: Output): Promise<ExitCode> {
  const { until, json, stop } = watching;
  const look = createPatientLook(watching.again, output);
  const tellNext = createTellNext(output);
  let { found } = watching;
  while (!reached(found.view.status, until)) {
    if (cannotArrive(found.view)) return EXIT.refused;
    if (!json) tellNext(found);
    await sleep(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return EXIT.done;
    const next = await look();
    if (next === null || !isNews(found.view, next.view)) continue;
    if (json) output.json(deliveryJson(next));
    else output.lines(newLines(found.view, next.view, output));
    found = next;
  }
  return EXIT.done;
}

/** What it waits for is said once, and again when that is something else. */
function createTellNext(output: Output): (found: ExplainedDelivery) => void {
  let told = '';
  return ({ view, explanation: { delivery } }) => {
    const about = `${view.status} ${view.reason} ${delivery?.awaiting.for}`;
    if (delivery === null || delivery.next === null || about === told) return;
    told = about;
    output.note(plain(delivery.next));
  };
}

/** Null while Redis is away, which is said once. */
function createPatientLook(
  again: Watching['again'],
  output: Output,
): () => Promise<ExplainedDelivery | null> {
  let told = false;
  return async () => {
    try {
      const found = await again();
      told = false;
      return found;
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
  const linesOf = ({ timeline, attempts, asked, receipts }: DeliveryView) =>
    timeline.length + attempts.length + asked.length + Object.keys(receipts).length;
  return linesOf(now) > linesOf(before);
}

/** A receipt that came before the answer may stand before what was told already. */
function newLines(before: DeliveryView, now: DeliveryView, { paint }: Output): string[] {
  const told = new Set(timelineText(before, paint));
  return timelineText(now, paint).filter((line) => !told.has(line));
}
