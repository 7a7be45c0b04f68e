import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { changesSchema } from '../../src/producer/amend.js';
import type { delivery, listed } from '../../src/producer/delivery-schema.js';
import type { Delivery, ListedDelivery } from '../../src/producer/told.js';
import type { Changes, DeliveryRequest } from '../../src/queue/delivery-request.js';
import { requestSchema } from '../../src/queue/request.js';

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8');
const page = read('docs/library.md');
const types = read('src/queue/delivery-request.ts');

type Field = { readonly name: string; readonly words: string };

const fieldSchema = z.looseObject({ description: z.string().min(10) });
type Described = z.output<typeof fieldSchema> & {
  readonly properties?: unknown;
  readonly anyOf?: readonly unknown[];
};

/** Each field with its words, those of an object in it too; one without words is an error. */
function fieldsOf(schema: unknown): readonly Field[] {
  const { properties = {}, anyOf = [] } = z
    .looseObject({
      properties: z.record(z.string(), z.unknown()).optional(),
      anyOf: z.array(z.unknown()).optional(),
    })
    .parse(schema);
  const own = Object.entries(properties).map(([name, field]): Field => {
    const { description }: Described = fieldSchema.parse(field);
    return { name, words: description };
  });
  return [...own, ...[...Object.values(properties), ...anyOf].flatMap(fieldsOf)];
}

const fields = [requestSchema, changesSchema].flatMap((schema) =>
  fieldsOf(z.toJSONSchema(schema, { io: 'input' })),
);

it.each(fields)(
  'says of the field $name in the type and the reference what the schema says',
  ({ name, words }) => {
    expect(types).toContain(`/** ${words} */`);
    expect(types).toMatch(new RegExp(`readonly ${name}\\??:`));
    expect(page.replaceAll('\\', '')).toContain(words);
  },
);

it('has types that take what the schemas take, and nothing else', () => {
  const request: Same<DeliveryRequest, z.input<typeof requestSchema>> = true;
  const changes: Same<Changes, z.input<typeof changesSchema>> = true;
  expect([request, changes]).toEqual([true, true]);
});

it('has types of answers that are the schemas’', () => {
  const one: Same<Delivery, z.input<typeof delivery>> = true;
  const row: Same<ListedDelivery, z.input<typeof listed>> = true;
  expect([one, row]).toEqual([true, true]);
});

it('has a section for everything that the package exports', () => {
  const index = read('src/index.ts');
  const listed = [...index.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].flatMap(([, names = '']) =>
    names.split(','),
  );
  const own = [...index.matchAll(/^export (?:type|function) (\w+)/gm)].map(([, name = '']) => name);
  const whole = read('src/errors.ts') + read('src/producer/told.ts');
  const errors = [...whole.matchAll(/^export (?:class|type) (\w+)/gm)].map(([, name = '']) => name);
  const names = [
    ...listed.map((name) => name.trim().replace(/^type /, '')).filter(Boolean),
    ...own,
    ...errors,
  ];
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !page.includes(`\n### ${name}`))).toEqual([]);
});

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : never) : never;
