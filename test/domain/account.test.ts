import fc from 'fast-check';
import { ACCOUNT_DEFAULTS, type Account, defaultAccountName, findAccount } from '../../src/domain/account.js';

const shop: Account = { ...ACCOUNT_DEFAULTS, from: '972771234567', name: 'shop' };
const desk: Account = { ...ACCOUNT_DEFAULTS, from: '972770000001', name: 'desk' };

describe('defaultAccountName', () => {
  it('is the last four digits and a short hash', () => {
    expect(defaultAccountName('972771234567')).toBe('4567-ceeb50');
  });

  it('tells numbers with the same ending apart', () => {
    expect(defaultAccountName('972771234567')).not.toBe(defaultAccountName('972541234567'));
  });

  it('is the same each time, and never a run of digits that the log would mask', () => {
    fc.assert(
      fc.property(fc.bigInt(10_000_000n, 999_999_999_999_999n), (number) => {
        expect(defaultAccountName(`${number}`)).toMatch(/^\d{4}-[0-9a-f]{6}$/);
        expect(defaultAccountName(`${number}`)).toBe(defaultAccountName(`${number}`));
      }),
    );
  });
});

describe('findAccount', () => {
  it('takes the name wherever it takes the number', () => {
    expect(findAccount([shop, desk], 'desk')).toBe(desk);
    expect(findAccount([shop, desk], '972771234567')).toBe(shop);
  });

  it('finds nothing by a number or name of nobody', () => {
    expect(findAccount([shop, desk], '972770000002')).toBeUndefined();
  });
});

describe('ACCOUNT_DEFAULTS', () => {
  it('holds, bills by session, keeps the platform’s pace and has no budget', () => {
    expect(ACCOUNT_DEFAULTS).toEqual({
      ratePerSecond: 80,
      pairBurst: 45,
      pairIntervalMs: 6000,
      budget: { perDay: null, perMonth: null, timeZone: 'UTC' },
      billing: 'session',
      onClosedWindow: 'hold',
      onUnknown: 'hold',
      askHistory: false,
      preflight: false,
      template: null,
      reasons: {},
      country: null,
    });
  });
});
