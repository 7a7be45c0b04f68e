import { type BulkAnswer, type BulkRecord, createWaybill, type Waybill } from '../../../src/index.js';
import { withRedis } from '../../support/redis.js';
import { FROM } from '../../support/stack.js';

const redis = withRedis();
/** Longer than one question may take, and shorter than it is asked for again. */
const PAUSE_MS = 1300;
const FIRST = 200;
let waybill: Waybill;

beforeEach(() => {
  waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
});
afterEach(() => waybill.close());

function some(first: number, count: number): readonly BulkRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    request: {
      from: FROM,
      to: `${972_500_000_000 + first + at}`,
      fileUrl: 'https://files.example.com/a.pdf',
    },
  }));
}

/** Takes in 200 records, and once they are answered 800 more, after something has happened to Redis. */
async function takeAround(happens: () => Promise<unknown>): Promise<readonly BulkAnswer<BulkRecord>[]> {
  const answers: BulkAnswer<BulkRecord>[] = [];
  let haveFirst = () => {};
  const firstAnswered = new Promise<void>((resolve) => {
    haveFirst = resolve;
  });
  async function* records() {
    yield some(0, FIRST);
    await firstAnswered;
    await happens();
    yield some(FIRST, 800);
  }
  for await (const answered of waybill.enqueueStream(records())) {
    answers.push(...answered);
    if (answers.length >= FIRST) haveFirst();
  }
  return answers;
}

const errorsIn = (answers: readonly BulkAnswer<BulkRecord>[]) =>
  answers.flatMap(({ answer }) => ('error' in answer ? [answer.error.code] : []));
const jobs = async () => (await redis.client.keys(`waybill:queue:{${FROM}}:d-*`)).length;

it('asks a Redis again that was slow to answer, and takes in each record once', async () => {
  const answers = await takeAround(() => redis.client.call('CLIENT', 'PAUSE', PAUSE_MS, 'ALL'));
  expect(errorsIn(answers)).toEqual([]);
  expect(new Set(answers.map(({ answer }) => 'id' in answer && answer.id)).size).toBe(1000);
  expect(answers.filter(({ answer }) => 'id' in answer && answer.duplicate)).toEqual([]);
  expect(await jobs()).toBe(1000);
});

it('answers what is left as unavailable once Redis has gone', async () => {
  const answers = await takeAround(() => redis.server.kill('SIGKILL'));
  await redis.server.restart();
  expect(answers).toHaveLength(1000);
  expect(errorsIn(answers)).toEqual(Array.from({ length: 800 }, () => 'UNAVAILABLE'));
});
