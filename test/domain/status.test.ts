import fc from 'fast-check';
import { RECEIPTS, type Receipt } from '../../src/domain/callback.js';
import {
  isEnded,
  isReceipt,
  isStatus,
  mayMove,
  presumedFailedAt,
  RECEIPT_PRECEDENCE,
  type Receipts,
  reached,
  receiptsConflict,
  STATUSES,
  type Status,
  type StatusFacts,
  statusByReceipts,
  UNCONFIRMED_MS,
} from '../../src/domain/status.js';

describe('mayMove', () => {
  const unsent = 'waiting held sending failed expired cancelled';
  const table: Readonly<Record<Status, string>> = {
    queued: unsent,
    waiting: unsent,
    held: unsent,
    sending: 'waiting held unknown accepted failed',
    unknown: 'waiting held accepted failed unknown',
    accepted: 'sent delivered read failed',
    sent: 'delivered read failed',
    delivered: 'read',
    read: '',
    failed: 'sent delivered read',
    expired: '',
    cancelled: '',
  };

  it.each(STATUSES)('lets %s become what the design says, and nothing else', (from) => {
    expect(STATUSES.filter((to) => mayMove(from, to)).sort()).toEqual(
      table[from].split(' ').filter(Boolean).sort(),
    );
  });

  it('never leads from an accepted delivery back to one that could be sent again', () => {
    const seen = new Set<Status>(['accepted']);
    // A set grows while it is walked: all that can be reached comes up once.
    for (const from of seen) for (const to of STATUSES) if (mayMove(from, to)) seen.add(to);
    expect([...seen].sort()).toEqual(['accepted', 'delivered', 'failed', 'read', 'sent']);
  });
});

describe('statusByReceipts', () => {
  it.each<[Receipts, Status, boolean]>([
    [{}, 'accepted', false],
    [{ sent: 1 }, 'sent', false],
    [{ delivered: 1 }, 'delivered', false],
    [{ read: 1 }, 'read', false],
    [{ failed: 1 }, 'failed', false],
    [{ sent: 1, delivered: 2 }, 'delivered', false],
    [{ sent: 1, read: 2 }, 'read', false],
    [{ sent: 1, failed: 2 }, 'failed', false],
    [{ delivered: 1, read: 2 }, 'read', false],
    [{ delivered: 1, failed: 2 }, 'delivered', true],
    [{ failed: 1, delivered: 2 }, 'delivered', true],
    [{ read: 1, failed: 2 }, 'read', true],
    [{ failed: 1, read: 2 }, 'read', true],
    [{ sent: 1, delivered: 2, read: 3 }, 'read', false],
    [{ sent: 1, delivered: 2, failed: 3 }, 'delivered', true],
    [{ sent: 1, failed: 2, read: 3 }, 'read', true],
    [{ delivered: 1, failed: 2, read: 3 }, 'read', true],
    [{ sent: 1, delivered: 2, read: 3, failed: 4 }, 'read', true],
  ])('%j make it %s, in conflict: %s', (receipts, status, conflict) => {
    expect(statusByReceipts(receipts)).toBe(status);
    expect(receiptsConflict(receipts)).toBe(conflict);
  });

  it.each<[StatusFacts, Status, number | null]>([
    [{ unconfirmed: 1 }, 'accepted', 1 + UNCONFIRMED_MS],
    [{ unconfirmed: 1, presumed: 2 }, 'failed', 1 + UNCONFIRMED_MS],
    [{ unconfirmed: 1, sent: 2 }, 'sent', null],
    [{ unconfirmed: 2, sent: 1 }, 'sent', null],
    [{ unconfirmed: 1, presumed: 2, sent: 3 }, 'sent', null],
    [{ unconfirmed: 1, presumed: 2, delivered: 3 }, 'delivered', null],
    [{ unconfirmed: 1, presumed: 2, failed: 3, sent: 4 }, 'failed', null],
    [{ unconfirmed: 1, failed: 2 }, 'failed', null],
  ])('an ack 0 without a reason: %j make it %s', (facts, status, failsAt) => {
    const { presumed: _presumed, ...receipts } = facts;
    expect(statusByReceipts(facts)).toBe(status);
    expect(presumedFailedAt(receipts)).toBe(failsAt);
  });

  it('counts a receipt whose time is 0', () => {
    expect(statusByReceipts({ failed: 0 })).toBe('failed');
    expect(receiptsConflict({ failed: 0, delivered: 0 })).toBe(true);
  });

  it('is the same for any order and any repetition of the same receipts', () => {
    fc.assert(
      fc.property(repeatedInTwoOrders(), ([one, other]) => {
        expect(statusByReceipts(collect(one))).toBe(statusByReceipts(collect(other)));
        expect(receiptsConflict(collect(one))).toBe(receiptsConflict(collect(other)));
      }),
    );
  });

  it('moves only as the table allows, whatever comes when', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...RECEIPTS)), (arrivals) => {
        for (let count = 1; count <= arrivals.length; count += 1) {
          const before = statusByReceipts(collect(arrivals.slice(0, count - 1)));
          const after = statusByReceipts(collect(arrivals.slice(0, count)));
          if (after !== before) expect(mayMove(before, after)).toBe(true);
        }
      }),
    );
  });

  it('lets no failure undo a delivery, and no late sent undo a failure', () => {
    fc.assert(
      fc.property(fc.subarray([...RECEIPTS]), (arrivals) => {
        const delivered = arrivals.includes('delivered') || arrivals.includes('read');
        const status = statusByReceipts(collect([...arrivals, 'failed', 'sent']));
        expect(['delivered', 'read'].includes(status)).toBe(delivered);
        expect(status === 'failed').toBe(!delivered);
      }),
    );
  });

  it('decides by a list that holds every receipt that decides, once', () => {
    const deciding = RECEIPTS.filter((receipt) => receipt !== 'unconfirmed');
    expect([...RECEIPT_PRECEDENCE].sort()).toEqual([...deciding, 'presumed'].sort());
  });

  /** The first time of each receipt is kept, as the record does. */
  function collect(arrivals: readonly Receipt[]): Receipts {
    return Object.fromEntries([...new Set(arrivals)].map((receipt) => [receipt, arrivals.indexOf(receipt)]));
  }

  function repeatedInTwoOrders(): fc.Arbitrary<readonly [readonly Receipt[], readonly Receipt[]]> {
    return fc.subarray([...RECEIPTS]).chain((receipts) => {
      const repeats = receipts.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...receipts));
      const order = repeats.chain((more) => {
        const all = [...receipts, ...more];
        return fc.shuffledSubarray(all, { minLength: all.length });
      });
      return fc.tuple(order, order);
    });
  }
});

describe('isEnded', () => {
  it.each<[Status, boolean]>([
    ['queued', false],
    ['waiting', false],
    ['held', false],
    ['sending', false],
    ['unknown', false],
    ['accepted', true],
    ['sent', true],
    ['delivered', true],
    ['read', true],
    ['failed', true],
    ['expired', true],
    ['cancelled', true],
  ])('%s: %s', (status, ended) => {
    expect(isEnded(status)).toBe(ended);
  });
});

describe('reached', () => {
  it.each<[Status, string]>([
    ['queued', 'queued'],
    ['accepted', 'accepted sent delivered read'],
    ['sent', 'sent delivered read'],
    ['delivered', 'delivered read'],
    ['read', 'read'],
    ['failed', 'failed'],
    ['expired', 'expired'],
    ['unknown', 'unknown'],
  ])('%s is reached at: %s', (wanted, statuses) => {
    expect(STATUSES.filter((status) => reached(status, wanted))).toEqual(statuses.split(' '));
  });
});

describe('words from outside', () => {
  it.each([
    ['read', true],
    ['unread', false],
    ['', false],
    ['constructor', false],
    [null, false],
    [3, false],
  ])('%j is a status: %s', (word, known) => {
    expect(isStatus(word)).toBe(known);
  });

  it.each([
    ['failed', true],
    ['accepted', false],
    [undefined, false],
    [{}, false],
  ])('%j is a receipt: %s', (word, known) => {
    expect(isReceipt(word)).toBe(known);
  });
});
