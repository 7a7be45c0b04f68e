import { explain } from '../../../src/domain/explain/explain.js';
import type { AttemptFacts, DeliveryFacts, Facts } from '../../../src/domain/explain/facts.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/time.js';

const NOW = Date.UTC(2026, 10, 22, 12);
const time = (at: number) => new Date(at).toISOString().slice(5, 16).replace('T', ' ');
const GATE = { state: 'open', reason: '', since: null, until: null, by: '', trips: 0 } as const;

const delivery: DeliveryFacts = {
  id: 'inv-1',
  status: 'held',
  reason: 'window',
  statusAt: NOW - HOUR,
  sendAt: NOW - HOUR,
  expiresAt: NOW + 23 * HOUR,
  notBefore: null,
  attempts: [],
  asked: [],
  preflights: [],
  operations: [],
  receipts: {},
  failureCode: null,
  failureReason: null,
  acceptedAt: null,
  startedAt: null,
  horizonAt: null,
  nextReadAt: null,
  resentAs: null,
  reserved: false,
};
const facts: Facts = {
  now: NOW,
  delivery,
  window: { closesAt: NOW - 2 * HOUR, lastInboundAt: NOW - 26 * HOUR },
  session: { openedAt: null },
  pairTat: null,
  lane: { deliveries: [], count: 0, flight: null },
  account: {
    name: 'shop',
    removedAt: null,
    billed: true,
    budget: { perDay: 10, perMonth: null, timeZone: 'UTC' },
    day: { used: 4, endsAt: NOW + 12 * HOUR },
    month: { used: 90, endsAt: NOW + 8 * DAY + 12 * HOUR },
    budgetQueue: 0,
    pair: { burst: 2, intervalMs: 6 * SECOND },
  },
  gate: GATE,
  queue: { workers: 1, due: 0, paused: false, restsUntil: null },
};
const of = (more: Partial<DeliveryFacts>, others: Partial<Facts> = {}) =>
  explain({ ...facts, ...others, delivery: { ...delivery, ...more } }, time);
const conversation = (others: Partial<Facts> = {}) => explain({ ...facts, ...others, delivery: null }, time);
const account = (more: Partial<Facts['account']>) => ({ account: { ...facts.account, ...more } });
const OPEN = { window: { closesAt: NOW + HOUR, lastInboundAt: NOW - 23 * HOUR } };

it('tells all of a delivery that the window holds, the most telling first', () => {
  expect(of({}).words).toEqual([
    'It has been held since 11-22 11:00 (1 h ago): the customer window is closed until the recipient writes.',
    'It goes on as soon as the recipient writes.',
    'If it has not been sent by 11-23 11:00 (in 23 h), it expires.',
    'The customer window has been closed since 11-22 10:00 (2 h ago): no file may go until the recipient writes. The recipient last wrote at 11-21 10:00 (1 d 2 h ago).',
    'No paid session is open: a send would open one. Of the budget 6 sessions of 10 are left today.',
  ]);
});

it('tells the same in figures', () => {
  expect(of({})).toEqual({
    now: NOW,
    words: expect.any(Array),
    delivery: {
      id: 'inv-1',
      status: 'held',
      reason: 'window',
      since: NOW - HOUR,
      expiresAt: NOW + 23 * HOUR,
      awaiting: { for: 'inbound', until: NOW + 23 * HOUR },
      next: 'It goes on as soon as the recipient writes.',
      attempts: [],
      doubt: null,
    },
    window: { state: 'closed', closesAt: NOW - 2 * HOUR, lastInboundAt: NOW - 26 * HOUR },
    session: { state: 'none', openedAt: null, endsAt: null },
    cost: {
      sessions: 1,
      held: false,
      day: { limit: 10, used: 4, left: 6, renewsAt: NOW + 12 * HOUR },
      month: { limit: null, used: 90, left: null, renewsAt: NOW + 8 * DAY + 12 * HOUR },
    },
    lane: { deliveries: [], count: 0, flight: null },
    limits: { pairAt: NOW, restsUntil: null },
    account: {
      name: 'shop',
      removedAt: null,
      workers: 1,
      due: 0,
      queuePaused: false,
      gate: { state: 'open', reason: '', since: null, until: null, by: '', who: '', source: '' },
    },
  });
});

const usedUp = account({ day: { used: 10, endsAt: NOW + 12 * HOUR }, budgetQueue: 2 });
const bothUsedUp = account({
  budget: { perDay: 10, perMonth: 90, timeZone: 'UTC' },
  day: { used: 10, endsAt: NOW + 12 * HOUR },
});

describe('what a delivery waits for', () => {
  it.each<[string, Partial<DeliveryFacts>, Partial<Facts>, string, number | null]>([
    ['its time', { status: 'waiting', reason: 'schedule', sendAt: NOW + HOUR }, {}, 'time', NOW + HOUR],
    ['its next attempt', { status: 'waiting', reason: 'backoff', notBefore: NOW + 5 }, {}, 'time', NOW + 5],
    ['the pair limit', { status: 'waiting', reason: 'limit', notBefore: NOW + 5 }, {}, 'time', NOW + 5],
    [
      'a worker, once its time is over',
      { status: 'waiting', reason: 'limit', notBefore: NOW },
      {},
      'worker',
      null,
    ],
    [
      'a worker, once its schedule is over',
      { status: 'waiting', reason: 'schedule', sendAt: NOW - 1 },
      {},
      'worker',
      null,
    ],
    ['its turn', { status: 'waiting', reason: 'lane' }, {}, 'turn', NOW + 23 * HOUR],
    ['the recipient', {}, {}, 'inbound', NOW + 23 * HOUR],
    ['a worker, once the window is open', {}, OPEN, 'worker', null],
    ['the budget', { reason: 'budget' }, usedUp, 'budget', NOW + 12 * HOUR],
    ['the later of two budgets, or its end', { reason: 'budget' }, bothUsedUp, 'budget', NOW + 23 * HOUR],
    ['a worker, once there is budget again', { reason: 'budget' }, {}, 'worker', null],
    ['a worker, with a session reserved', { reason: 'budget', reserved: true }, usedUp, 'worker', null],
    ['its account', { reason: 'account' }, { gate: { ...GATE, state: 'paused' } }, 'account', null],
    [
      'a queue that is paused',
      { status: 'queued', reason: '' },
      { queue: { ...facts.queue, paused: true } },
      'account',
      null,
    ],
    [
      'a gate that opens',
      { status: 'queued', reason: '' },
      { gate: { ...GATE, state: 'until', until: NOW + 9 } },
      'account',
      NOW + 9,
    ],
    [
      'a worker, once the gate has opened',
      { status: 'queued', reason: '' },
      { gate: { ...GATE, state: 'until', until: NOW } },
      'worker',
      null,
    ],
    ['an answer', { status: 'sending', reason: 'file', horizonAt: NOW + 70 }, {}, 'answer', NOW + 70],
    ['evidence', { status: 'unknown', reason: 'reset', startedAt: NOW }, {}, 'evidence', NOW + DAY],
    [
      'nothing, unknown for good',
      { status: 'unknown', reason: 'unresolved', startedAt: NOW - DAY },
      {},
      'nothing',
      null,
    ],
    ['a receipt', { status: 'accepted', reason: '' }, {}, 'receipt', null],
    ['a read receipt', { status: 'delivered', reason: '' }, {}, 'receipt', null],
    ['nothing, read', { status: 'read', reason: '' }, {}, 'nothing', null],
    ['nothing, failed', { status: 'failed', reason: '4' }, {}, 'nothing', null],
  ])('%s', (...[, more, others, awaited, until]) => {
    expect(of(more, others).delivery?.awaiting).toEqual({ for: awaited, until });
  });
});

const attempt = (more: Partial<AttemptFacts>): AttemptFacts => ({
  number: 1,
  at: NOW - MINUTE,
  send: 'file',
  outcome: 'throttled',
  reason: '6',
  detail: '',
  ...more,
});

const stated = (detail: string) => attempt({ outcome: 'accepted', reason: 'operator', detail });

describe('the words for a delivery', () => {
  const UNKNOWN: Partial<DeliveryFacts> = {
    status: 'unknown',
    reason: 'reset',
    statusAt: NOW - MINUTE,
    startedAt: NOW - MINUTE,
    horizonAt: NOW + MINUTE,
    nextReadAt: NOW + 30 * SECOND,
  };

  it.each<[string, Partial<DeliveryFacts>, Partial<Facts>]>([
    ['It has been in the queue since 11-22 11:00 (1 h ago).', { status: 'queued', reason: '' }, {}],
    ['It goes on as soon as a worker takes it up.', { status: 'queued', reason: '' }, {}],
    ['What it waited for has come: it goes on as soon as a worker takes it up.', {}, OPEN],
    [
      'It goes on at 11-22 13:00 (in 1 h).',
      { status: 'waiting', reason: 'schedule', sendAt: NOW + HOUR },
      {},
    ],
    [
      'It goes on as soon as those before it have been sent or have ended.',
      { status: 'waiting', reason: 'lane' },
      {},
    ],
    [
      'It goes on when the budget renews at 11-23 00:00 (in 12 h), or when a session is given back or the budget is raised. 2 deliveries have waited longer for it.',
      { reason: 'budget' },
      usedUp,
    ],
    ['It goes on once the account does.', { reason: 'account' }, { gate: { ...GATE, state: 'paused' } }],
    ['It is being sent since 11-22 11:00 (1 h ago).', { status: 'sending', reason: 'file' }, {}],
    [
      'It waits for the provider’s answer: without one its outcome is unknown, at 11-22 12:01 (in 1 min) at the latest.',
      { status: 'sending', horizonAt: NOW + MINUTE },
      {},
    ],
    [
      'Since 11-22 11:59 (1 min ago) it is unknown whether it was sent: the connection was cut before an answer came.',
      UNKNOWN,
      {},
    ],
    [
      'It waits for evidence: the provider’s history is asked next at 11-22 12:00 (in 30 s); the search ends at 11-23 11:59 (in 23 h 59 min).',
      UNKNOWN,
      {},
    ],
    [
      'It waits for evidence: the provider’s history is asked next at once; the search ends at 11-23 11:59 (in 23 h 59 min).',
      { ...UNKNOWN, nextReadAt: NOW - 1 },
      {},
    ],
    ['The provider’s history has not been asked yet.', UNKNOWN, {}],
    [
      'The provider’s history was asked 2 times; at 11-22 11:59 (30 s ago) it could not be read in full.',
      {
        ...UNKNOWN,
        asked: [
          { at: NOW - 55 * SECOND, found: 'absent' },
          { at: NOW - 30 * SECOND, found: 'incomplete' },
        ],
      },
      {},
    ],
    [
      'It may still be on its way until 11-22 12:01 (in 1 min): from then on an operator may resolve it.',
      UNKNOWN,
      {},
    ],
    ['It cannot be on its way any more: an operator may resolve it.', { ...UNKNOWN, horizonAt: NOW }, {}],
    [
      'It is unknown for good since 11-22 11:59 (1 min ago): nobody could tell whether it was sent, and nobody asks any more.',
      { ...UNKNOWN, reason: 'unresolved' },
      {},
    ],
    [
      'The provider accepted it at 11-22 11:30 (30 min ago); whether it arrives is not known yet.',
      { status: 'accepted', reason: '', acceptedAt: NOW - 30 * MINUTE },
      {},
    ],
    ['It waits for the provider to report what became of it.', { status: 'accepted', reason: '' }, {}],
    [
      'The provider accepted it at 11-22 11:30 (30 min ago), and reported it sent at 11-22 11:59 (1 min ago), delivered at 11-22 12:00 (now).',
      {
        status: 'delivered',
        acceptedAt: NOW - 30 * MINUTE,
        receipts: { delivered: NOW, sent: NOW - MINUTE },
      },
      {},
    ],
    ['It waits for the recipient to read it.', { status: 'delivered', reason: '' }, {}],
    [
      'It failed at 11-22 11:00 (1 h ago): FAIL 4: recipient empty or malformed. Nothing more is sent for it.',
      { status: 'failed', reason: '4' },
      {},
    ],
    [
      'It failed at 11-22 11:00 (1 h ago): reported failed, code 8: needs a template. It was made anew as inv-2.',
      { status: 'failed', reason: '', failureCode: '8', resentAs: 'inv-2' },
      {},
    ],
    [
      'It failed at 11-22 11:00 (1 h ago): reported failed, code 131026: Message undeliverable. Nothing more is sent for it.',
      {
        status: 'failed',
        reason: 'receipt',
        failureCode: '131026',
        failureReason: 'Message undeliverable',
      },
      {},
    ],
    [
      'The provider reported ack 0 without a reason at 11-22 11:50 (10 min ago): not sent yet, or failed. Unless it reports more, the delivery counts as failed from 11-22 12:20 (in 20 min).',
      { status: 'accepted', reason: 'ok', receipts: { unconfirmed: NOW - 10 * MINUTE } },
      {},
    ],
    [
      'An operator (Anna) said at 11-22 11:59 (1 min ago) that it was sent; whether it arrives is not known yet.',
      { status: 'accepted', reason: 'operator', acceptedAt: NOW - HOUR, attempts: [stated('Anna')] },
      {},
    ],
    [
      'An operator said at 11-22 11:59 (1 min ago) that it was sent, and the provider reported it read at 11-22 12:00 (now).',
      { status: 'read', acceptedAt: NOW - HOUR, attempts: [stated('')], receipts: { read: NOW } },
      {},
    ],
    [
      'It failed at 11-22 11:00 (1 h ago): reported failed. Nothing more is sent for it.',
      { status: 'failed', reason: '' },
      {},
    ],
    [
      'It expired at 11-22 11:00 (1 h ago): its time ran out before it could be sent. Nothing more is sent for it.',
      { status: 'expired', reason: 'expired' },
      {},
    ],
    [
      'It was cancelled at 11-22 11:00 (1 h ago): nothing is sent for it.',
      { status: 'cancelled', reason: 'cancelled' },
      {},
    ],
    [
      'Attempt 1 (file) came to throttled at 11-22 11:59 (1 min ago): FAIL 6: WhatsApp error, try again.',
      { attempts: [attempt({})] },
      {},
    ],
    [
      'Attempt 1 (file) came to throttled at 11-22 11:59 (1 min ago): FAIL 6: busy.',
      { attempts: [attempt({ detail: 'busy' })] },
      {},
    ],
    [
      'Attempt 1 (file) came to accepted at 11-22 11:59 (1 min ago).',
      { attempts: [attempt({ outcome: 'accepted', reason: 'ok' })] },
      {},
    ],
    [
      'Attempt 1 (file) has no outcome at 11-22 11:59 (1 min ago).',
      { attempts: [attempt({ outcome: null, reason: '' })] },
      {},
    ],
  ])('%s', (sentence, more, others) => {
    expect(of(more, others).words).toContain(sentence);
  });

  it('leave the account out of it once it has been sent', () => {
    const idle = { queue: { ...facts.queue, workers: 0 } };
    expect(of({ status: 'read' }, idle).words.join(' ')).not.toContain('No worker');
  });
});

describe('the words for an account', () => {
  const PAUSED = { ...GATE, state: 'paused', since: NOW - HOUR, reason: '3' } as const;
  const UNTIL = { ...GATE, state: 'until', since: NOW, until: NOW + MINUTE, by: 'worker' } as const;
  const queue = (more: Partial<Facts['queue']>) => ({ queue: { ...facts.queue, ...more } });

  it.each<[string, Partial<Facts>]>([
    ['No worker is running for this account: nothing is sent until one starts.', queue({ workers: 0 })],
    [
      'The account was removed from the workers’ settings at 11-22 11:00 (1 h ago). Its deliveries are kept, and wait until it is there again.',
      { ...queue({ workers: 0 }), account: { ...facts.account, removedAt: NOW - HOUR } },
    ],
    [
      'The account is paused since 11-22 11:00 (1 h ago) by an operator: holiday. It goes on when somebody resumes it.',
      { gate: { ...PAUSED, reason: 'holiday', by: 'operator' } },
    ],
    [
      'The account is paused since 11-22 11:00 (1 h ago) by dana: holiday. It goes on when somebody resumes it.',
      { gate: { ...PAUSED, reason: 'holiday', by: 'operator', who: 'dana' } },
    ],
    [
      'The account is paused since 11-22 11:00 (1 h ago) by a worker: FAIL 3: wrong API key. It goes on when somebody resumes it, or once the provider is found to take its calls again.',
      { gate: { ...PAUSED, by: 'worker' } },
    ],
    [
      'The account sends nothing until 11-22 12:01 (in 1 min): HTTP 429: too many requests.',
      { gate: { ...UNTIL, reason: 'http_429' } },
    ],
    [
      'The account sends nothing until 11-22 12:01 (in 1 min): many attempts in a row failed: the provider is left alone for a while.',
      { gate: { ...UNTIL, reason: 'breaker', trips: 1 } },
    ],
    [
      'Many attempts in a row failed: one delivery at a time is tried until one of them goes well.',
      { gate: { ...UNTIL, until: NOW, reason: 'breaker', trips: 1 } },
    ],
    [
      'Its queue is paused although its gate is not: resume the account to open both.',
      queue({ paused: true }),
    ],
    [
      'The account sends as fast as it may: its queue rests until 11-22 12:01 (in 1 min).',
      queue({ restsUntil: NOW + MINUTE }),
    ],
  ])('%s', (sentence, others) => {
    expect(conversation(others).words[0]).toBe(sentence);
  });
});

describe('the words for a conversation', () => {
  const SESSION = { session: { openedAt: NOW - HOUR } };
  const FLIGHT = { id: 'a', status: 'unknown', reason: 'reset', until: NOW + MINUTE } as const;
  const entry = (id: string) => ({ id, status: 'waiting', reason: 'lane' }) as const;

  it.each<[string, Partial<Facts>]>([
    [
      'The customer window is open: it closes at 11-22 13:00 (in 1 h). The recipient last wrote at 11-21 13:00 (23 h ago).',
      OPEN,
    ],
    [
      'Whether the customer window is open is not known: nothing has been seen of the recipient, and the provider decides.',
      { window: { closesAt: null, lastInboundAt: null } },
    ],
    ['A paid session is open until 11-23 11:00 (in 23 h): a send costs nothing until then.', SESSION],
    ['A send costs nothing: replies of this account are not billed.', account({ billed: false })],
    [
      'The last paid session ended at 11-22 12:00 (now): a send would open one. Of the budget 6 sessions of 10 are left today.',
      { session: { openedAt: NOW - DAY } },
    ],
    [
      'No paid session is open: a send would open one. Of the budget 1 session of 10 is left today.',
      account({ day: { used: 9, endsAt: NOW + 12 * HOUR } }),
    ],
    [
      'No paid session is open: a send would open one. Of the budget nothing is left today. It would be held until the budget renews at 11-23 00:00 (in 12 h).',
      usedUp,
    ],
    [
      'No paid session is open: a send would open one. Of the budget nothing is left today and nothing is left this month. It would be held until the budget renews at 12-01 00:00 (in 8 d 12 h).',
      bothUsedUp,
    ],
    [
      'No paid session is open: a send would open one. There is no budget that would limit it.',
      account({ budget: { perDay: null, perMonth: null, timeZone: 'UTC' } }),
    ],
    [
      'No paid session is open: a send would open one. What budget there is, no worker has told.',
      account({ budget: null }),
    ],
    [
      'So many files to one recipient may not go at once: the next one may at 11-22 12:00 (in 6 s).',
      { pairTat: NOW + 12 * SECOND },
    ],
    [
      'In flight is a (unknown: the connection was cut before an answer came); the others wait for it until 11-22 12:01 (in 1 min).',
      { lane: { deliveries: [], count: 0, flight: FLIGHT } },
    ],
    [
      'In flight is a (sending).',
      {
        lane: { deliveries: [], count: 0, flight: { ...FLIGHT, status: 'sending', reason: '', until: null } },
      },
    ],
    [
      'In the lane: b (waiting: an earlier delivery of the conversation goes first) and 4 more.',
      { lane: { deliveries: [entry('b')], count: 5, flight: null } },
    ],
  ])('%s', (sentence, others) => {
    expect(conversation(others).words).toContain(sentence);
  });

  it('say nothing of a limit that no worker has told', () => {
    expect(conversation(account({ pair: null })).limits.pairAt).toBeNull();
  });

  it('name those before a delivery, and not itself', () => {
    const lane = { deliveries: [entry('a')], count: 1, flight: { ...entry('inv-1'), until: null } };
    const { words } = of({ status: 'waiting', reason: 'lane' }, { lane });
    expect(words).toContain('Before it: a (waiting: an earlier delivery of the conversation goes first).');
    expect(words.join(' ')).not.toContain('In flight');
  });

  it('tell when the booked turn of a delivery comes', () => {
    const waits = of({ status: 'waiting', reason: 'limit', notBefore: NOW + MINUTE });
    expect(waits.limits.pairAt).toBe(NOW + MINUTE);
  });
});
