import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestSchema } from '../../src/queue/request.js';

it('explains fields that a request has, and leaves their list to the reference', () => {
  const page = readFileSync(join(__dirname, '../../docs/requests.md'), 'utf8');
  const fields = Object.keys(requestSchema.shape);
  const pointers = [...page.matchAll(/`\/([a-zA-Z]+)(?:\/[^`]*)?`/g)].map(([, name]) => name);
  expect(pointers.length).toBeGreaterThan(3);
  expect(pointers.filter((name) => ![...fields, 'docs'].includes(name ?? ''))).toEqual([]);
  expect(page).toContain('(library.md#deliveryrequest)');
  expect(page).not.toMatch(/^\| field/m);
});
