import { eventId, formatCursor, parseCursor } from '../../src/domain/cursor.js';

const SHOP = '972771234567';
const KIOSK = '972771234568';

it.each([
  ['0', { positions: {}, base: '0-0' }],
  ['1763815000000', { positions: {}, base: '1763815000000-0' }],
  ['2025-11-22T12:36:40Z', { positions: {}, base: '1763815000000-0' }],
  ['2025-11-22T14:36:40.000+02:00', { positions: {}, base: '1763815000000-0' }],
  [`${SHOP}-1763815000000-3`, { positions: { [SHOP]: '1763815000000-3' }, base: '1763815000000-0' }],
  [
    `${SHOP}-1763815000000-3,${KIOSK}-1763814000000-0`,
    { positions: { [SHOP]: '1763815000000-3', [KIOSK]: '1763814000000-0' }, base: '1763814000000-0' },
  ],
  [
    `1763810000000,${SHOP}-1763815000000-3`,
    { positions: { [SHOP]: '1763815000000-3' }, base: '1763810000000-0' },
  ],
])('reads %s', (text, { positions, base }) => {
  const cursor = parseCursor(text);
  expect(cursor && { positions: Object.fromEntries(cursor.positions), base: cursor.base }).toEqual({
    positions,
    base,
  });
});

it.each([
  '',
  '$',
  'x',
  '1763815000000-3',
  `${SHOP}-1763815000000`,
  `${SHOP}-1-2-3`,
  '1,,2',
  '-1',
  '9'.repeat(15),
  '2025-11-22T12:36:40',
  '2025-11-22',
  '2025-13-45T12:36:40Z',
])('refuses %j', (text) => expect(parseCursor(text)).toBeNull());

it('writes the cursor of one account as its event’s id', () => {
  const cursor = { positions: new Map([[SHOP, '1763815000000-3']]), base: null };
  expect(formatCursor(cursor)).toBe(eventId(SHOP, '1763815000000-3'));
});

it('writes what it reads', () => {
  const text = `1763810000000,${SHOP}-1763815000000-3,${KIOSK}-1763814000000-0`;
  const cursor = parseCursor(text);
  expect(cursor && formatCursor(cursor)).toBe(text);
});
