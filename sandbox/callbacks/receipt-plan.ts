import type { Dice } from '../dice.js';
import type { CallbackOptions } from '../options.js';
import type { Ack, FailureCode } from './payloads.js';

/** One receipt to come. `code` is given for a failure. */
export type PlannedReceipt = {
  readonly ack: Ack;
  readonly form: 'update' | 'system';
  readonly code: FailureCode | null;
  /** After acceptance. */
  readonly dueInMs: number;
  /** How many times it is posted: 0 when it is lost, 2 when it is repeated. */
  readonly copies: number;
};

export type ReceiptPlan = {
  /** Posted before the send call is answered. */
  readonly early: readonly PlannedReceipt[];
  readonly later: readonly PlannedReceipt[];
};

type Step = Pick<PlannedReceipt, 'ack' | 'form' | 'code' | 'dueInMs'>;

/**
 * Draws all that will become of one message at once, when it is accepted: later traffic cannot change it.
 * `failureCode` makes the message fail for certain.
 */
export function planReceipts(options: CallbackOptions, dice: Dice, failureCode?: FailureCode): ReceiptPlan {
  const fails = dice.chance(options.failProbability) || failureCode !== undefined;
  const steps = fails
    ? failingSteps(options, dice, failureCode ?? options.failureCode)
    : arrivingSteps(options, dice);
  if (seldom(options.pendingProbability, dice)) steps.unshift(update('pending', 0));
  const receipts = reordered(steps, options, dice).map((step) => ({
    ...step,
    copies: copies(options, dice),
  }));
  return dice.chance(options.earlyProbability)
    ? { early: receipts.slice(0, 1), later: receipts.slice(1) }
    : { early: [], later: receipts };
}

function arrivingSteps(options: CallbackOptions, dice: Dice): Step[] {
  const sentAt = dice.between(options.sentMs);
  const deliveredAt = sentAt + dice.between(options.deliveredMs);
  const readAt = deliveredAt + dice.between(options.readMs);
  const isRead = dice.chance(options.readProbability);
  const skipsDelivered = dice.chance(options.skipDeliveredProbability) && isRead;
  return [
    update('sent', sentAt),
    ...(skipsDelivered ? [] : [update('delivered', deliveredAt)]),
    ...(isRead ? [update(seldom(options.playedProbability, dice) ? 'played' : 'read', readAt)] : []),
  ];
}

/** Draws only where something is set: what a seed gives stays what it was. */
function seldom(probability: number, dice: Dice): boolean {
  return probability > 0 && dice.chance(probability);
}

function failingSteps(options: CallbackOptions, dice: Dice, code: FailureCode): Step[] {
  const sentAt = dice.between(options.sentMs);
  const failedAt = sentAt + dice.between(options.deliveredMs);
  const told: Step[] = [
    { ack: 'failed', form: 'update', code, dueInMs: failedAt },
    { ack: 'failed', form: 'system', code, dueInMs: failedAt },
  ];
  if (dice.chance(0.5)) told.reverse();
  const { failureForm } = options;
  return [
    update('sent', sentAt),
    ...told.filter(({ form }) => failureForm === 'both' || form === failureForm),
  ];
}

function update(ack: Ack, dueInMs: number): Step {
  return { ack, form: 'update', code: null, dueInMs };
}

/** Each step may change places, and times, with the one after it. */
function reordered(steps: readonly Step[], options: CallbackOptions, dice: Dice): Step[] {
  const order = [...steps];
  for (let index = 0; index + 1 < order.length; index += 1) {
    const [one, next] = [order[index], order[index + 1]];
    if (!dice.chance(options.reorderProbability) || one === undefined || next === undefined) continue;
    order[index] = { ...next, dueInMs: one.dueInMs };
    order[index + 1] = { ...one, dueInMs: next.dueInMs };
  }
  return order;
}

function copies(options: CallbackOptions, dice: Dice): number {
  const isRepeated = dice.chance(options.duplicateProbability);
  if (dice.chance(options.lossProbability)) return 0;
  return isRepeated ? 2 : 1;
}
