import { ACCOUNT_DEFAULTS } from '../../src/domain/account.js';
import {
  judgeVersion,
  mergeAccounts,
  nextVersion,
  type PublishedAccount,
  settingsOf,
} from '../../src/domain/published-account.js';

const SHOP = { ...ACCOUNT_DEFAULTS, from: '972771234567', name: 'shop' };
const row = (hash: string, superseded: readonly string[] = [], more: Partial<PublishedAccount> = {}) => ({
  ...SHOP,
  version: { hash, since: 1, superseded },
  ...more,
});
const { ...unversioned } = SHOP;

describe('which version of an account counts', () => {
  it.each([
    ['what nobody has published', undefined, 'look', 'publish'],
    ['what an earlier release has published', unversioned, 'look', 'publish'],
    ['the same', row('mine'), 'start', 'keep'],
    ['the same', row('mine'), 'change', 'keep'],
    ['the same, of an account that was removed', row('mine', [], { removedAt: 5 }), 'look', 'publish'],
    ['another, that mine has just replaced here', row('other', ['mine']), 'change', 'publish'],
    ['another, when mine is new to all', row('other', ['older']), 'start', 'publish'],
    ['another, that has replaced mine', row('other', ['older', 'mine']), 'start', 'if_unserved'],
    ['another, that came while this worker runs', row('other', ['mine']), 'look', 'if_unserved'],
    ['another, of a list too long to name mine', row('other', []), 'look', 'if_unserved'],
  ] as const)('%s', (...[, published, occasion, verdict]) => {
    expect(judgeVersion('mine', published, occasion)).toBe(verdict);
  });

  it('remembers what it has replaced, once each and not without end', () => {
    expect(nextVersion('c', row('b', ['a']), 9)).toEqual({ hash: 'c', since: 9, superseded: ['b', 'a'] });
    expect(nextVersion('a', row('b', ['a', 'x']), 9).superseded).toEqual(['b', 'x']);
    const many = Array.from({ length: 40 }, (_, index) => `v${index}`);
    expect(nextVersion('c', row('b', many), 9).superseded).toHaveLength(20);
    expect(nextVersion('c', undefined, 9).superseded).toEqual([]);
  });
});

describe('the accounts that there are', () => {
  const clinic = { ...SHOP, from: '972770000001', name: 'clinic' };

  it('are as workers publish them, else as the settings here have them', () => {
    const published = row('v', [], { onClosedWindow: 'fail' });
    expect(mergeAccounts([published], [SHOP, clinic])).toEqual([clinic, published]);
  });

  it('have removed ones last, whose names others may have', () => {
    const removed = row('v', [], { removedAt: 5 });
    const moved = { ...SHOP, from: '972770000009' };
    expect(mergeAccounts([removed, clinic], [moved]).map(({ from }) => from)).toEqual([
      clinic.from,
      moved.from,
      removed.from,
    ]);
  });
});

it('takes the settings of a row only where all of them are there', () => {
  expect(settingsOf(row('v'))).toEqual(SHOP);
  const { onUnknown: _onUnknown, ...less } = SHOP;
  expect(settingsOf(less)).toBeNull();
});
