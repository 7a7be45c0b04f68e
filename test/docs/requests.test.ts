import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LINK_LIMIT } from '../../src/domain/file-link.js';
import { CAPTION_LIMIT } from '../../src/queue/check-request.js';
import { requestSchema } from '../../src/queue/request.js';
import { tableWith } from './tables.js';

it('tells every field of a request, and no other', () => {
  const told = tableWith('requests.md', 'field', 'type').map(({ field }) => field?.replaceAll('`', ''));
  expect(told.sort()).toEqual(Object.keys(requestSchema.shape).sort());
});

it('tells the limits of texts and links as they are', () => {
  const page = readFileSync(join(__dirname, '../../docs/requests.md'), 'utf8');
  expect(page).toContain(`${LINK_LIMIT.toLocaleString('en')} characters at most`);
  expect(page).toContain(`${CAPTION_LIMIT} characters at most`);
});
