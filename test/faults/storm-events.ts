import type { Dice } from '../../sandbox/dice.js';
import { shuffled } from '../support/seeded.js';
import { FROM } from '../support/stack.js';

/** A message of ours of which receipts will tell. */
export type Sent = { readonly id: string; readonly to: string; readonly unique: string };

export type StormPlan = {
  readonly sent: readonly Sent[];
  /** Callbacks that differ; each comes twice. */
  readonly distinct: number;
};

const ACKS = [1, 2, 3];
const CLIENTS = 20_000;

/** Every receipt of what was sent, and messages of many clients for the rest. */
export function stormEvents({ sent, distinct }: StormPlan, dice: Dice): readonly Buffer[] {
  const receipts = sent.flatMap(({ to, unique }) => ACKS.map((ack) => receipt(to, unique, ack)));
  const messages = Array.from({ length: distinct - receipts.length }, (_, index) => message(index));
  const all = [...receipts, ...messages].map((event) => Buffer.from(JSON.stringify(event)));
  return inPairs(shuffled(all, dice), dice);
}

export function messagesIn({ sent, distinct }: StormPlan): number {
  return distinct - sent.length * ACKS.length;
}

function receipt(to: string, unique: string, ack: number) {
  return { status: 'OK', hook: 'update', unique, from: to, to: FROM, ack };
}

function message(index: number) {
  const from = String(972_520_000_000 + (index % CLIENTS));
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    status: 'OK',
    hook: 'new',
    unique: `S${index}`,
    from,
    to: FROM,
    type: 'text',
    body: 'hi',
    timestamp,
  };
}

/** Each a second time, up to some thousands later. */
function inPairs(events: readonly Buffer[], dice: Dice): readonly Buffer[] {
  const placed = events.flatMap((event, index) => [
    { event, at: index },
    { event, at: index + dice.between({ min: 0, max: 5000 }) },
  ]);
  return placed.sort((a, b) => a.at - b.at).map(({ event }) => event);
}
