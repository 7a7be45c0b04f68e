import { reckon } from '../../demo/reckon.js';
import { drawLedger } from '../../demo/view/ledger-table.js';
import { createPaint } from '../../demo/view/paint.js';

const [ADA, BEN] = ['447700900101', '447700900102'];
const NOON = new Date(2026, 10, 22, 12, 0, 0).getTime();

const ours = (to: string, messages: number, openedAt = NOON) => ({ to, messages, openedAt, openedBy: 'x' });
const theirs = (to: string, messages: number, openedAt = NOON) => ({
  from: '447700900900',
  to,
  messages,
  openedAt,
});

it('agrees when both sides have the same sessions with the same messages, a second apart', () => {
  const { agree, sessions } = reckon(
    [ours(BEN, 1), ours(ADA, 3)],
    [theirs(ADA, 3, NOON + 900), theirs(BEN, 1)],
  );
  expect(agree).toBe(true);
  expect(sessions.map(({ to, ledger, bill }) => [to, ledger, bill])).toEqual([
    [ADA, 3, 3],
    [BEN, 1, 1],
  ]);
});

it.each([
  ['a message is missing', [ours(ADA, 2)], [theirs(ADA, 3)]],
  ['we have a session that is not billed', [ours(ADA, 1), ours(BEN, 1)], [theirs(ADA, 1)]],
  ['a session is billed that we do not have', [ours(ADA, 1)], [theirs(ADA, 1), theirs(BEN, 1)]],
  ['one session of ours is billed as two', [ours(ADA, 2)], [theirs(ADA, 1), theirs(ADA, 1, NOON + 1)]],
  ['there is nothing to compare', [], []],
])('disagrees when %s', (_, ledger, bill) => {
  expect(reckon(ledger, bill).agree).toBe(false);
});

it('is drawn side by side, and marked where the sides differ', () => {
  const reckoning = reckon([ours(ADA, 3), ours(BEN, 1)], [theirs(ADA, 3)]);
  const nameOf = (to: string) => (to === ADA ? 'Ada' : 'Ben');
  expect(drawLedger(reckoning, { nameOf, paint: createPaint(false) })).toEqual([
    "Paid sessions: our ledger beside the provider's bill",
    'client         opened    ledger      bill',
    'Ada 447…01     12:00:00  3 messages  3 messages',
    'Ben 447…02     12:00:00  1 message   none  !',
    'in all                   2 sessions  1 session',
    '                         4 messages  3 messages',
    '',
    'Ledger and bill do not agree: see the lines that end in !',
  ]);
});
