import { request } from 'undici';
import { createDice, type Dice } from '../../sandbox/dice.js';
import { type Endpoint, residentMegabytes, withEndpoint } from './endpoint.js';
import { fuzzedBody } from './fuzz.js';
import { type Asked, type Row, scaled } from './lab.js';
import { createPoster } from './poster.js';

const LINES = 16;
const MOST_GROWTH_MB = 50;
/** So many come before memory is first weighed: what a process needs at all is no growth. */
const WARM_UP = 20_000;

export const FUZZED_BODIES: Row = {
  name: '100,000 fuzzed bodies come to the webhook endpoint',
  promise: 'no crash, no 5xx, every body answered, memory grows by less than 50 MB after the first 20,000',
  run: (asked) =>
    withEndpoint(async (endpoint) => {
      const { pid } = endpoint.child;
      const dice = createDice(asked.seed);
      const codes = new Map<number, number>();
      await pour(endpoint, { bodies: scaled(WARM_UP, asked), dice, codes });
      const before = residentMegabytes(endpoint.child);
      await pour(endpoint, { bodies: scaled(100_000 - WARM_UP, asked), dice, codes });
      const after = residentMegabytes(endpoint.child);
      const alive = await isAlive(endpoint);
      const bodies = [...codes.values()].reduce((sum, count) => sum + count, 0);
      const told = [...codes]
        .sort(([a], [b]) => a - b)
        .map(([code, count]) => [`answered${code}`, count] as const);
      const errors = errorsOf(endpoint.child.output());
      const figures = {
        bodies,
        ...Object.fromEntries(told),
        memoryBefore: `${before} MB`,
        memoryAfter: `${after} MB`,
      };
      return {
        figures,
        broken: brokenBy(
          { codes, growth: after - before, errors, alive: alive && endpoint.child.pid === pid },
          asked,
        ),
      };
    }),
};

type Seen = {
  readonly codes: ReadonlyMap<number, number>;
  readonly growth: number;
  readonly errors: readonly string[];
  readonly alive: boolean;
};

function brokenBy({ codes, growth, errors, alive }: Seen, { scale }: Asked): readonly string[] {
  const bad = [...codes].filter(([code]) => code === 0 || code >= 500);
  return [
    ...bad.map(([code, count]) => `${count} were answered ${code === 0 ? 'not at all' : code}`),
    ...(bad.length > 0 ? errors : []),
    ...(alive ? [] : ['the process ended']),
    // A short form is over before its process has all that it needs.
    ...(scale === 1 && growth >= MOST_GROWTH_MB ? [`memory grew by ${growth} MB`] : []),
  ];
}

type Pouring = { readonly bodies: number; readonly dice: Dice; readonly codes: Map<number, number> };

/** A few connections at a time; one that the endpoint closes is opened again. */
async function pour({ port }: Endpoint, { bodies, dice, codes }: Pouring): Promise<void> {
  let left = bodies;
  const line = async (): Promise<void> => {
    const poster = createPoster(port);
    while (left > 0) {
      left -= 1;
      const { body, headers } = fuzzedBody(dice);
      const { status } = await poster.post(body, headers);
      codes.set(status, (codes.get(status) ?? 0) + 1);
    }
    poster.close();
  };
  await Promise.all(Array.from({ length: LINES }, line));
}

/** What the process logged as an error, each once. */
function errorsOf(output: string): readonly string[] {
  return [...new Set([...output.matchAll(/"error":"(.*?)"/g)].map(([, error = '']) => error))];
}

async function isAlive({ port }: Endpoint): Promise<boolean> {
  const answer = await request(`http://127.0.0.1:${port}/healthz`).catch(() => null);
  await answer?.body.dump();
  return answer?.statusCode === 200;
}
