import { requestSchema } from '../../src/queue/request.js';
import { tableWith } from './tables.js';

it('tells every field of a request, and no other', () => {
  const told = tableWith('requests.md', 'field', 'type').map(({ field }) => field?.replaceAll('`', ''));
  expect(told.sort()).toEqual(Object.keys(requestSchema.shape).sort());
});
