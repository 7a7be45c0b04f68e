import { PROBLEMS } from '../../src/producer/http/problem.js';
import { tableWith } from './tables.js';

it('tells every code with its status, and no other', () => {
  const told = tableWith('errors.md', 'code').map(({ code, status }) => `${code} ${status}`);
  const known = Object.entries(PROBLEMS).map(([code, { status }]) => `\`${code}\` ${status}`);
  expect(told).toEqual(known);
});
