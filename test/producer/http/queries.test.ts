import { z } from 'zod';
import { startApi, type TestApi } from '../../support/api.js';
import { withRedis } from '../../support/redis.js';

const redis = withRedis();
let api: TestApi;

beforeEach(async () => {
  api = await startApi(redis.url, { env: { WAYBILL_API_RATE: '100000' } });
});
afterEach(() => api.close());

const parameter = z.object({
  name: z.string(),
  in: z.string(),
  schema: z.record(z.string(), z.unknown()),
});
const document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ operationId: z.string(), parameters: z.array(parameter).default([]) })),
  ),
});

type Call = {
  readonly method: string;
  readonly path: string;
  readonly query: readonly z.output<typeof parameter>[];
};

/** Every call of the document, with its path filled in. */
async function callsOf(): Promise<readonly Call[]> {
  const { json } = await api.call('GET', '/openapi.json');
  return Object.entries(document.parse(json).paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { parameters }]) => ({
      method: method.toUpperCase(),
      path: template
        .replace('{from}', 'shop')
        .replace('{to}', '972501234567')
        .replace('{month}', '2026-11')
        .replace(/\{\w+\}/g, 'x'),
      query: parameters.filter((each) => each.in === 'query'),
    })),
  );
}

const told = z.object({
  status: z.int(),
  json: z.object({ errors: z.array(z.object({ pointer: z.string(), detail: z.string() })) }),
});

/** The words of the validator, which say nothing of what would be right. */
const RAW = /Invalid|Unrecognized|expected|Too (big|small)|received|undefined/i;

// What a parameter of its name could not mean, whatever it is.
const NOT: Readonly<Record<string, string>> = {
  reason: 'x'.repeat(201),
  run: 'x'.repeat(65),
  from: 'x'.repeat(65),
};

it('answers every wrong parameter of every route with its pointer and our own words', async () => {
  const calls = await callsOf();
  const tried: string[] = [];
  for (const { method, path, query } of calls) {
    const wrong = [
      ...query.map(({ name }) => [name, `${name}=${NOT[name] ?? 'zzz'}`] as const),
      ...query.map(({ name }) => [name, `${name}=a&${name}=b`] as const),
      ['zzz', 'zzz=1'] as const,
    ];
    for (const [name, text] of wrong) {
      const answer = told.safeParse(await api.call(method, `${path}?${text}`));
      const what = `${method} ${path}?${text}`;
      expect({ what, errors: answer.data?.json.errors }).toEqual({
        what,
        // Some bodies are wrong too, as they are not there.
        errors: expect.arrayContaining([
          { pointer: `/query/${name}`, detail: expect.not.stringMatching(RAW) },
        ]),
      });
      tried.push(what);
    }
  }
  expect(calls.length).toBeGreaterThan(12);
  expect(tried.length).toBeGreaterThan(2 * calls.length);
});

it('tells all wrong parameters of a call at once', async () => {
  const query = 'from=nobody&status=lost&limit=0&cursor=zzz&to=12&since=yesterday&colour=red';
  const { status, json } = told.parse(await api.call('GET', `/v1/deliveries?${query}`));
  expect(status).toBe(422);
  expect(json.errors.map(({ pointer }) => pointer).sort()).toEqual(
    ['colour', 'cursor', 'from', 'limit', 'since', 'status', 'to'].map((name) => `/query/${name}`),
  );
});

it.each([
  ['cursor=zzz', /^is not one that a list has given: begin without a cursor$/],
  ['limit=501', /^must be a whole number from 1 to 500$/],
  ['limit=', /^must be a whole number/],
  ['status=lost', /^must be one of queued, /],
  ['to=050', /^begins with 0/],
  ['since=2026-11-22', /^must be epoch milliseconds or ISO 8601/],
  ['colour=red', /^is no parameter of this call; they are from, to, /],
])('says of ?%s what would be right', async (query, detail) => {
  const { json } = told.parse(await api.call('GET', `/v1/deliveries?${query}`));
  expect(json.errors).toEqual([
    { pointer: `/query/${query.split('=')[0]}`, detail: expect.stringMatching(detail) },
  ]);
});

it('tells an account that is none by its own code, with the pointer of the query', async () => {
  const list = await api.call('GET', '/v1/deliveries?from=nobody');
  expect(list).toMatchObject({
    status: 422,
    json: { code: 'unknown_account', errors: [{ pointer: '/query/from' }] },
  });
  const events = await api.call('GET', '/v1/events?from=nobody');
  expect(events).toMatchObject({
    status: 404,
    json: { code: 'account_not_found', errors: [{ pointer: '/query/from' }] },
  });
});

it('describes whole numbers as integers with their limits', async () => {
  const calls = await callsOf();
  const schemas = new Map(
    calls.flatMap(({ query }) => query.map(({ name, schema }) => [name, schema] as const)),
  );
  expect(schemas.get('limit')).toMatchObject({ type: 'integer', minimum: 1, maximum: 500 });
  expect(schemas.get('wait')).toMatchObject({ type: 'integer', minimum: 0, maximum: 60 });
  expect(schemas.get('since')).toMatchObject({
    anyOf: [{ type: 'string', format: 'date-time' }, { type: 'integer' }],
  });
});
