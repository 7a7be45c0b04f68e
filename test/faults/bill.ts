import type { BilledSession, Message } from '../../sandbox/shapes.js';
import { reached } from '../../src/domain/status.js';
import type { Delivery } from '../../src/index.js';
import type { LedgerRow } from '../../src/redis/ledger.js';
import type { Fleet } from '../support/fleet.js';

/** The ledger beside the provider's bill. */
export type Ledgered = {
  /** Sessions on the bill. */
  readonly billed: number;
  /** Of them, those that only messages of unknown outcome make: no ledger can know of them yet. */
  readonly billedUnknown: number;
  /** Conversations whose ledger says otherwise than the bill, as far as their outcomes are known. */
  readonly ledgerOff: number;
};

type Compared = {
  readonly views: readonly Delivery[];
  readonly accepted: readonly Message[];
  readonly bill: readonly BilledSession[];
  readonly ledger: readonly LedgerRow[];
};

const TRIES = 3;

/** The ledger beside the bill; compared again where something was settled between two readings. */
export async function compareWithBill(fleet: Fleet, views: readonly Delivery[]): Promise<Ledgered> {
  const { waybill, sandbox, ledger } = fleet;
  let seen = views;
  for (let tries = 1; ; tries += 1) {
    const truth = { accepted: sandbox.accepted(), bill: sandbox.bill(), ledger: await ledger() };
    const told = compareLedger({ views: seen, ...truth });
    if (told.ledgerOff === 0 || tries === TRIES) return told;
    const isOpen = ({ status }: Delivery) => !reached(status, 'accepted');
    seen = await Promise.all(seen.map((view) => (isOpen(view) ? waybill.get(view.id) : view)));
  }
}

/** The provider tells times in seconds. */
const ROUNDED_MS = 1000;

/** Compares the sessions of the conversations that the deliveries belong to: one each, as no row lasts a day. */
function compareLedger({ views, accepted, bill, ledger }: Compared): Ledgered {
  const known = new Set(views.filter(({ status }) => reached(status, 'accepted')).map(({ id }) => id));
  const clients = new Set(views.map(({ to }) => to));
  const billed = bill.filter(({ to }) => clients.has(to));
  const [taken, rows] = [byClient(accepted, ({ client }) => client), byClient(ledger, ({ to }) => to)];
  const ours = (to: string) => (taken.get(to) ?? []).filter(({ caption }) => known.has(caption ?? ''));
  const isOff = (to: string) => !isInLedger(ours(to), rows.get(to) ?? []);
  return {
    billed: billed.length,
    billedUnknown: billed.filter(({ to }) => ours(to).length === 0).length,
    ledgerOff: [...clients].filter(isOff).length,
  };
}

/** One session with all the messages of known outcome, opened by the first of them; or none at all. */
function isInLedger(messages: readonly Message[], rows: readonly LedgerRow[]): boolean {
  const [first] = messages;
  const [row, ...more] = rows;
  if (first === undefined || row === undefined) return messages.length === rows.length;
  const apart = Math.abs(row.openedAt - first.at);
  return more.length === 0 && row.messages === messages.length && apart <= ROUNDED_MS;
}

function byClient<T>(
  things: readonly T[],
  clientOf: (thing: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(clientOf(thing));
    if (group === undefined) groups.set(clientOf(thing), [thing]);
    else group.push(thing);
  }
  return groups;
}
