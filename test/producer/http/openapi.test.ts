import { z } from 'zod';
import { startApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';

const redis = withRedis();

const nodeSchema = z.record(z.string(), z.unknown());
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field is described by its own words, or by those of what it refers to or chooses from. */
function isDescribed(field: unknown): boolean {
  if (!isObject(field)) return false;
  const choices = [field.anyOf, field.oneOf].flatMap((some) => (Array.isArray(some) ? some : []));
  return Boolean(field.description) || '$ref' in field || choices.some(isDescribed);
}

/** The fields and parameters without words, by their place in the document. */
function undescribedIn(node: unknown, place = ''): readonly string[] {
  if (Array.isArray(node)) return node.flatMap((each, index) => undescribedIn(each, `${place}/${index}`));
  if (!isObject(node)) return [];
  const fields = isObject(node.properties) ? Object.entries(node.properties) : [];
  const silent = fields.filter(([, field]) => !isDescribed(field)).map(([name]) => `${place}/${name}`);
  const isParameter = typeof node.in === 'string' && typeof node.name === 'string';
  const parameter = isParameter && !isDescribed(node) && !isDescribed(node.schema) ? [place] : [];
  const inside = Object.entries(node).flatMap(([name, part]) => undescribedIn(part, `${place}/${name}`));
  return [...silent, ...parameter, ...inside];
}

it('finds fields and parameters without words, wherever they are', () => {
  const field = { type: 'string' };
  const told = { type: 'string', description: 'The id' };
  const document = {
    paths: { '/a': { get: { parameters: [{ in: 'query', name: 'limit', schema: field }] } } },
    components: {
      schemas: {
        A: { properties: { id: told, to: field, either: { anyOf: [field, { type: 'null' }] } } },
        B: { anyOf: [{ properties: { list: { ...told, items: { properties: { inside: field } } } } }] },
      },
    },
  };
  expect(undescribedIn(document)).toEqual([
    '/paths//a/get/parameters/0',
    '/components/schemas/A/to',
    '/components/schemas/A/either',
    '/components/schemas/B/anyOf/0/properties/list/items/inside',
  ]);
});

it('describes every field of requests and answers, and every parameter', async () => {
  const api = await startApi(redis.url);
  try {
    const { json } = await api.call('GET', '/openapi.json');
    const document = nodeSchema.parse(json);
    expect(Object.keys(nodeSchema.parse(document.paths)).length).toBeGreaterThan(15);
    expect(undescribedIn(document)).toEqual([]);
  } finally {
    await api.close();
  }
});
