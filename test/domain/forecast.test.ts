import { createForecaster, type ForecastLine, forecastBudget } from '../../src/domain/forecast.js';
import { HOUR } from '../../src/domain/time.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function line(id: string, more: Partial<ForecastLine> = {}): ForecastLine {
  return {
    id,
    recipient: '972501234567',
    sendAt: NOW,
    isKnown: false,
    closesAt: NOW + HOUR,
    sessionAt: null,
    onClosedWindow: 'hold',
    linkEndsEarly: false,
    ...more,
  };
}

function forecast(...lines: readonly ForecastLine[]) {
  const forecaster = createForecaster(NOW);
  for (const each of lines) forecaster.add(each);
  return forecaster.result();
}

const NOTHING = {
  recipients: 0,
  sendable: 0,
  held: 0,
  template: 0,
  failing: 0,
  windowUnknown: 0,
  scheduled: 0,
  repeated: 0,
  known: 0,
  linksEndEarly: 0,
  sessions: 0,
};
const ONE = { ...NOTHING, recipients: 1 };

describe('createForecaster', () => {
  it.each([
    ['an open window', {}, { sendable: 1, sessions: 1 }],
    ['an open session', { sessionAt: NOW - HOUR }, { sendable: 1 }],
    ['a session that has ended', { sessionAt: NOW - 24 * HOUR }, { sendable: 1, sessions: 1 }],
    ['a closed window', { closesAt: NOW }, { held: 1 }],
    [
      'a closed window and a template',
      { closesAt: NOW, onClosedWindow: 'template' },
      { template: 1, sessions: 1 },
    ],
    ['a closed window and no patience', { closesAt: NOW, onClosedWindow: 'fail' }, { failing: 1 }],
    ['an unknown window', { closesAt: null }, { windowUnknown: 1, sessions: 1 }],
    ['a time in the window', { sendAt: NOW + HOUR - 1 }, { sendable: 1, scheduled: 1, sessions: 1 }],
    ['a time after the window', { sendAt: NOW + HOUR }, { held: 1, scheduled: 1 }],
    ['a link that ends early', { linkEndsEarly: true }, { sendable: 1, sessions: 1, linksEndEarly: 1 }],
  ] as const)('counts %s', (_what, more, counted) => {
    expect(forecast(line('a', more))).toEqual({ ...ONE, ...counted });
  });

  it('counts what was taken in before, and nothing else of it', () => {
    expect(forecast(line('a', { isKnown: true }))).toEqual({ ...NOTHING, known: 1 });
  });

  it('counts what stands in the file twice once', () => {
    expect(forecast(line('a'), line('a'))).toEqual({ ...ONE, sendable: 1, sessions: 1, repeated: 1 });
  });

  it('opens one session for a recipient, and another for a message a day later', () => {
    const late = { closesAt: NOW + 100 * HOUR };
    const lines = [line('a', late), line('b', late), line('c', { ...late, sendAt: NOW + 24 * HOUR })];
    expect(forecast(...lines)).toEqual({ ...ONE, sendable: 3, scheduled: 1, sessions: 2 });
  });

  it('counts recipients once, held ones too', () => {
    const other = { recipient: '972501234568', closesAt: NOW - HOUR };
    expect(forecast(line('a'), line('b', other), line('c', other))).toEqual({
      ...NOTHING,
      recipients: 2,
      sendable: 1,
      held: 2,
      sessions: 1,
    });
  });
});

describe('forecastBudget', () => {
  const used = { day: 30, month: 700 };
  const zone = { timeZone: 'UTC' };
  const none = { leftToday: null, leftThisMonth: null, beyond: 0 };

  it.each([
    [{ perDay: null, perMonth: null }, none],
    [
      { perDay: 100, perMonth: null },
      { leftToday: 70, leftThisMonth: null, beyond: 0 },
    ],
    [
      { perDay: 50, perMonth: 1000 },
      { leftToday: 20, leftThisMonth: 300, beyond: 30 },
    ],
    [
      { perDay: 100, perMonth: 710 },
      { leftToday: 70, leftThisMonth: 10, beyond: 40 },
    ],
    [
      { perDay: 10, perMonth: null },
      { leftToday: 0, leftThisMonth: null, beyond: 50 },
    ],
  ])('tells what is left of %j', (limits, told) => {
    expect(forecastBudget(50, { budget: { ...limits, ...zone }, billing: 'session' }, used)).toEqual(told);
  });

  it('needs no budget where nothing is billed', () => {
    const budget = { perDay: 0, perMonth: 0, ...zone };
    expect(forecastBudget(50, { budget, billing: 'none' }, used)).toEqual(none);
  });
});
