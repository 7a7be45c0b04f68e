import fc from 'fast-check';
import {
  billingMonth,
  foldOtherSessions,
  foldSessions,
  SESSION_MS,
  type Session,
} from '../../src/domain/session.js';
import { HOUR } from '../../src/domain/time.js';
import { NOW } from './samples.js';

describe('foldSessions', () => {
  it.each<[string, readonly number[], readonly Session[]]>([
    ['no message opens none', [], []],
    ['the first message opens one', [NOW], [{ openedAt: NOW, messages: 1 }]],
    ['all within 24 h are in it', [NOW, NOW + HOUR, NOW + 24 * HOUR - 1], [{ openedAt: NOW, messages: 3 }]],
    [
      'one at 24 h opens the next',
      [NOW, NOW + 24 * HOUR],
      [
        { openedAt: NOW, messages: 1 },
        { openedAt: NOW + 24 * HOUR, messages: 1 },
      ],
    ],
    ['messages of one moment are in one', [NOW, NOW], [{ openedAt: NOW, messages: 2 }]],
    [
      'a late proof of an earlier message moves the opening, and with it the end',
      [NOW + HOUR, NOW + 24 * HOUR, NOW],
      [
        { openedAt: NOW, messages: 2 },
        { openedAt: NOW + 24 * HOUR, messages: 1 },
      ],
    ],
    [
      'the next begins with its first message, not when the last one ended',
      [NOW, NOW + 30 * HOUR, NOW + 53 * HOUR],
      [
        { openedAt: NOW, messages: 1 },
        { openedAt: NOW + 30 * HOUR, messages: 2 },
      ],
    ],
  ])('%s', (_name, acceptedAt, sessions) => {
    expect(foldSessions(acceptedAt)).toEqual(sessions);
  });

  const times = fc.array(fc.integer({ min: NOW, max: NOW + 240 * HOUR }));

  it('is the same for any order, and leaves its input as it was', () => {
    const twoOrders = times.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(twoOrders, ([one, other]) => {
        expect(foldSessions(Object.freeze(other))).toEqual(foldSessions(Object.freeze(one)));
      }),
    );
  });

  it('counts every message once, in a session of 24 h at most that a message opened', () => {
    fc.assert(
      fc.property(times, (acceptedAt) => {
        const sessions = foldSessions(acceptedAt);
        for (const { openedAt, messages } of sessions) {
          const inside = acceptedAt.filter((at) => at >= openedAt && at < openedAt + SESSION_MS);
          expect(inside).toContain(openedAt);
          expect(messages).toBe(inside.length);
        }
        expect(sessions.reduce((sum, { messages }) => sum + messages, 0)).toBe(acceptedAt.length);
      }),
    );
  });

  it('never has two sessions running at once', () => {
    fc.assert(
      fc.property(times, (acceptedAt) => {
        const sessions = foldSessions(acceptedAt);
        sessions.slice(1).forEach(({ openedAt }, index) => {
          expect(openedAt - (sessions[index]?.openedAt ?? 0)).toBeGreaterThanOrEqual(SESSION_MS);
        });
      }),
    );
  });
});

describe('foldOtherSessions', () => {
  it.each<[readonly number[], readonly number[], readonly Session[]]>([
    [[], [NOW], []],
    [[NOW], [], [{ openedAt: NOW, messages: 1 }]],
    [[NOW, NOW + SESSION_MS - 1], [NOW], []],
    [
      [NOW - 1, NOW + SESSION_MS],
      [NOW],
      [
        { openedAt: NOW - 1, messages: 1 },
        { openedAt: NOW + SESSION_MS, messages: 1 },
      ],
    ],
  ])('of messages at %j beside ours from %j are %j', (sentAt, ours, sessions) => {
    expect(foldOtherSessions(sentAt, ours)).toEqual(sessions);
  });
});

describe('billingMonth', () => {
  it.each([
    ['2026-11-30T21:59:59.999Z', 'Asia/Jerusalem', '2026-11'],
    ['2026-11-30T22:00:00Z', 'Asia/Jerusalem', '2026-12'],
    ['2026-11-30T22:00:00Z', 'UTC', '2026-11'],
    ['2026-12-31T22:00:00Z', 'Asia/Jerusalem', '2027-01'],
    ['2027-01-01T04:00:00Z', 'America/New_York', '2026-12'],
    ['2026-01-31T09:59:59Z', 'Pacific/Kiritimati', '2026-01'],
    ['2026-01-31T10:00:00Z', 'Pacific/Kiritimati', '2026-02'],
    // Summer time: three hours ahead.
    ['2026-06-30T21:00:00Z', 'Asia/Jerusalem', '2026-07'],
  ])('%s in %s is on the bill of %s', (instant, timeZone, month) => {
    expect(billingMonth(Date.parse(instant), timeZone)).toBe(month);
  });
});
