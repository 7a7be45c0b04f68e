import { billingMonth, foldSessions } from '../../src/domain/session.js';
import { openByInbound, windowState } from '../../src/domain/window.js';
import { readLedger } from '../../src/redis/ledger.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Row, tableWith } from './tables.js';

const PAGE = 'billing.md';
const CLIENTS: Row = { A: '972500000001', B: '972500000002', C: '972500000003' };

it('counts the window as the page does', () => {
  const rows = tableWith(PAGE, 'the client wrote', 'a file is due', 'window');
  const nothing = { closesAt: null, lastInboundAt: null };
  const states = rows.map((row) =>
    windowState(openByInbound(nothing, timeOf(row['the client wrote'])), timeOf(row['a file is due'])),
  );
  expect(states).toEqual(rows.map((row) => row.window));
  const goes = rows.map((row) => row['with `onClosedWindow: hold`']);
  expect(goes).toEqual(states.map((state) => (state === 'open' ? 'goes' : 'is held')));
});

it.each([
  ['what it is', tableWith(PAGE, 'accepted', 'what it is')],
  ['what it is, once all is known', tableWith(PAGE, 'accepted', 'known at')],
])('counts sessions as the page does: %s', (column, rows) => {
  const times = rows.map((row) => timeOf(row.accepted));
  const openings = foldSessions(times).map(({ openedAt }) => openedAt);
  const said = times.map((at) => {
    const session = openings.filter((openedAt) => openedAt <= at).length;
    return openings.includes(at) ? `opens session ${session}` : `inside session ${session}`;
  });
  expect(said).toEqual(rows.map((row) => row[column]));
});

it('puts a session on the bill as the page does', () => {
  const rows = tableWith(PAGE, 'opened (UTC)', 'on the bill of');
  const month = (row: Row) =>
    billingMonth(
      Date.parse(`${row['opened (UTC)']?.replace(' ', 'T')}:00Z`),
      row["account's time zone"] ?? '',
    );
  expect(rows.map(month)).toEqual(rows.map((row) => row['on the bill of']));
});

describe('the budget of the page', () => {
  const redis = withRedis();

  it('opens two sessions, holds the third, and lets everything go inside the open ones', async () => {
    const stack = await startStack(redis.url, {
      account: { budget: { perDay: 2 } },
      sandbox: { windowsOpen: true },
    });
    const openers = async () => {
      const month = billingMonth(Date.now(), 'UTC');
      const rows = await readLedger(redis.client, 'waybill', { from: FROM, month, timeZone: 'UTC' });
      return rows.map(({ openedBy }) => openedBy);
    };
    try {
      for (const row of tableWith(PAGE, 'delivery', 'to client', 'left today')) {
        const { id } = await stack.waybill.enqueue(requestTo(CLIENTS[row['to client'] ?? ''] ?? ''));
        const { status, reason } = await eventually(async () => {
          const view = await stack.waybill.get(id);
          return (view.status === 'held' || view.unique !== null) && view;
        });
        const opened = await openers();
        const sent = opened.includes(id) ? 'opens a session' : 'goes inside the session';
        const what = status === 'held' ? `is held until the ${reason} renews` : sent;
        expect([what, String(2 - opened.length)]).toEqual([row['what happens'], row['left today']]);
      }
    } finally {
      await stack.close();
    }
  });
});

/** `22 Nov 10:00`, in UTC. */
function timeOf(text = ''): number {
  const at = Date.parse(`${text.replace(/^(\d+) (\w+) /, '$1 $2 2026 ')} UTC`);
  if (Number.isNaN(at)) throw new Error(`not a time: ${text}`);
  return at;
}
