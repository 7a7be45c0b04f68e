import { Queue } from 'bullmq';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { createDice } from '../../sandbox/dice.js';
import type { Delivery } from '../../src/index.js';
import { runCli } from '../cli/cli-in-process.js';
import { BOSS, startApi, type TestApi } from '../support/api.js';
import { withRedis } from '../support/redis.js';
import { FROM, SHOP, type Stack, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { createGenerator, type Generated } from './generate.js';

/** `GENERATED=10000` takes a minute. */
const COUNT = Number(process.env.GENERATED ?? 600);
const SEED = Number(process.env.TEST_SEED ?? 20_261_130);
/** How many requests share one call of a face that takes many. */
const BATCH = 100;

const redis = withRedis();
let stack: Stack;
let api: TestApi;

beforeAll(async () => {
  stack = await startStack(redis.url, { sandbox: { windowsOpen: true, keepRequests: false }, workers: 2 });
  api = await startApi(redis.url, { env: { WAYBILL_API_RATE: '100000' } });
});
afterAll(async () => {
  await api.close();
  await stack.close();
}, 120_000);

/** What a face said: the id of what it took, or the pointers of what it refused; null where it names no pointer. */
type Said = { readonly id: string } | { readonly pointers: readonly string[] | null };
type Put = (many: readonly Generated[]) => Promise<readonly Said[]>;

const faults = z.array(z.object({ pointer: z.string() }));
const answer = z.union([
  z.object({ id: z.string(), status: z.string() }).transform(({ id }): Said => ({ id })),
  z
    .object({ errors: faults })
    .transform(({ errors }): Said => ({ pointers: errors.map(({ pointer }) => pointer) })),
  z
    .object({ error: z.object({ errors: faults }) })
    .transform(({ error }): Said => ({ pointers: error.errors.map(({ pointer }) => pointer) })),
]);

const FACES: Readonly<Record<string, Put>> = {
  http: async (many) => {
    const said: Said[] = [];
    for (const { request } of many) said.push(await enqueueByHttp(request));
    return said;
  },
  array: async (many) => {
    const { status, json } = await batch(
      'application/json',
      many.map(({ request }) => request),
    );
    expect(status).toBe(200);
    return z.array(answer).parse(json);
  },
  ndjson: async (many) => {
    const { status, text } = await batch('application/x-ndjson', toNdjson(many));
    expect(status).toBe(200);
    return linesOf(text);
  },
  file: async (many) => {
    const args = ['enqueue', '--ndjson', '-', '--rejects', '/dev/null', '--from', 'shop', '--json'];
    return linesOf((await runCli(args, environment(), [toNdjson(many)])).stdout);
  },
  sheet: async (many) => {
    const args = ['enqueue', '--csv', '-', '--rejects', '/dev/null', '--from', 'shop', '--json'];
    return linesOf((await runCli(args, environment(), [toCsv(many)])).stdout);
  },
  jobs: (many) => addJobs(many),
};

const environment = () => ({ REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([SHOP]) });

/** A machine that starves Redis for a second is told apart from a request that breaks something: it is asked again. */
async function enqueueByHttp(request: Generated['request']): Promise<Said> {
  for (;;) {
    const { status, json } = await api.call('POST', '/v1/deliveries', { body: { from: 'shop', ...request } });
    if (status === 503) continue;
    expect([200, 202, 422]).toContain(status);
    return answer.parse(json);
  }
}

function batch(type: string, body: unknown) {
  return api.call('POST', '/v1/deliveries/batch', {
    key: BOSS.secret,
    body,
    headers: { 'content-type': type },
  });
}

function toNdjson(many: readonly Generated[]): string {
  return many.map(({ request }) => `${JSON.stringify(request)}\n`).join('');
}

function linesOf(text: string): readonly Said[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => answer.parse(JSON.parse(line)));
}

function toCsv(many: readonly Generated[]): string {
  const columns = [...new Set(many.flatMap(({ request }) => Object.keys(request)))];
  const rows = many.map(({ request }) => columns.map((column) => request[column] ?? ''));
  return stringify([columns, ...rows]);
}

/** Jobs of another BullMQ client are read when a worker takes them up: what is wrong is in their records. */
async function addJobs(many: readonly Generated[]): Promise<readonly Said[]> {
  const queue = new Queue(`{${FROM}}`, { connection: { url: redis.url }, prefix: 'waybill:queue' });
  const named = many.map(({ request: { id: _id, ...data }, number }) => ({ data, id: `job-${number}` }));
  await queue.addBulk(named.map(({ data, id }) => ({ name: 'send-file', data, opts: { jobId: `d-${id}` } })));
  await queue.close();
  return Promise.all(
    named.map(async ({ id }) => {
      const view = await eventually(() => stack.waybill.get(id).catch(() => null), {
        timeoutMs: 60_000,
        what: id,
      });
      if (view.reason !== 'invalid') return { id };
      return { pointers: view.errors.map(({ pointer }) => pointer) };
    }),
  );
}

/** Faces by their share of the requests. */
const SHARES: readonly (readonly [face: string, share: number])[] = [
  ['http', 0.3],
  ['array', 0.2],
  ['ndjson', 0.2],
  ['file', 0.1],
  ['sheet', 0.15],
  ['jobs', 0.05],
];

type Put1 = { readonly face: string; readonly generated: Generated; readonly said: Said };

it('answers every request with all of its faults, and brings what it takes to the end that was due', async () => {
  const put = await putAll();
  expect(put).toHaveLength(COUNT);
  expect(put.filter(isWronglyAnswered).slice(0, 5).map(shown)).toEqual([]);
  const taken = put.filter(({ said }) => 'id' in said);
  expect(taken.length).toBeGreaterThan(COUNT / 2);
  await expectEnds(taken);
  expect(linesWith('"level":"fatal"')).toEqual([]);
}, 600_000);

async function putAll(): Promise<readonly Put1[]> {
  const generate = createGenerator(createDice(SEED), Date.now());
  const all: Put1[] = [];
  let at = 0;
  for (const [face, share] of SHARES) {
    for (const end = at + Math.round(COUNT * share); at < end; ) {
      const many = Array.from({ length: Math.min(BATCH, end - at) }, (_, index) =>
        generate(at + index, face === 'sheet' ? 'cells' : 'json'),
      );
      at += many.length;
      many.forEach(prepare);
      const said = (await FACES[face]?.(many)) ?? [];
      many.forEach((generated, index) => {
        const one = said[index];
        if (one !== undefined) all.push({ face, generated, said: one });
      });
    }
  }
  return all;
}

function prepare({ client, number }: Generated): void {
  if (client === 'closed') stack.sandbox.windowLeft(number, 0);
  if (client === 'refused') stack.sandbox.fault({ kind: 'fail', reason: 4, to: number, times: 'always' });
}

function isWronglyAnswered({ face, generated, said }: Put1): boolean {
  const expected =
    face === 'jobs' ? generated.faults.filter((pointer) => pointer !== '/id') : generated.faults;
  const pointers = 'id' in said ? [] : [...new Set(said.pointers)].toSorted();
  return JSON.stringify(pointers) !== JSON.stringify(expected);
}

function shown({ face, generated: { request, faults: expected }, said }: Put1) {
  return { face, request, expected, said };
}

async function expectEnds(taken: readonly Put1[]): Promise<void> {
  let left = taken;
  const ended = new Set<Put1>();
  const settle = async (): Promise<boolean> => {
    // Thousands asked for at once would take Redis longer than a call may.
    for (let start = 0; start < left.length; start += BATCH) {
      const some = left.slice(start, start + BATCH);
      const views = await Promise.all(
        some.map(({ said }) => ('id' in said ? stack.waybill.get(said.id) : null)),
      );
      for (const [index, each] of some.entries()) if (hasEnded(each, views[index] ?? null)) ended.add(each);
    }
    left = left.filter((each) => !ended.has(each));
    return left.length === 0;
  };
  try {
    await eventually(settle, { timeoutMs: 240_000, what: 'the end of every delivery' });
  } catch {
    const [first] = left;
    const view = first !== undefined && 'id' in first.said ? await stack.waybill.get(first.said.id) : null;
    expect({
      left: left.length,
      first: first && shown(first),
      status: view?.status,
      reason: view?.reason,
    }).toEqual({ left: 0 });
  }
}

function hasEnded({ generated: { ends } }: Put1, view: Delivery | null): boolean {
  return view !== null && (ends.includes(view.status) || ends.includes(`${view.status} ${view.reason}`));
}

function linesWith(text: string): readonly string[] {
  return [...stack.lines(), ...api.lines].filter((line) => line.includes(text));
}
