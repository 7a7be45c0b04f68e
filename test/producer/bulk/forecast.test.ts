import { type ForecastDeps, forecast } from '../../../src/producer/bulk/forecast.js';
import type { BulkRecord } from '../../../src/producer/bulk/record.js';
import { PLAIN } from '../../support/sealing.js';
import { FROM, SHOP } from '../../support/stack.js';

const account = { ...SHOP, onClosedWindow: 'hold', template: null, billing: 'session' } as const;
const deps: ForecastDeps = {
  findAccount: async () => account,
  now: Date.now,
  sealer: PLAIN,
  facts: async (refs) =>
    refs.map(({ to }) => ({ recipient: to, isKnown: false, closesAt: null, sessionAt: null })),
  budgetUsed: async () => ({ day: 0, month: 0 }),
  ready: async () => undefined,
  mostRemembered: 1000,
};

/** In one go, or as many as come. */
async function* records(count: number, atOnce: number): AsyncGenerator<readonly BulkRecord[]> {
  for (let first = 0; first < count; first += atOnce) {
    yield Array.from({ length: Math.min(atOnce, count - first) }, (_, at) => ({
      request: {
        from: FROM,
        to: `${972_500_000_000 + first + at}`,
        fileUrl: 'https://files.example.com/a.pdf',
      },
    }));
  }
}
const nobody = async () => undefined;

it('forecasts as many as it remembers', async () => {
  await expect(forecast(records(1000, 1000), deps, nobody)).resolves.toMatchObject([
    { account: 'shop', recipients: 1000, windowUnknown: 1000, sessions: 1000 },
  ]);
});

it.each([1, 300, 5000])('takes no more, %i at a time, and says what to do', async (atOnce) => {
  await expect(forecast(records(1001, atOnce), deps, nobody)).rejects.toMatchObject({
    code: 'TOO_MANY',
    message: expect.stringContaining(
      'At most 1,000 requests are forecast in one go: forecast the file in parts',
    ),
  });
});
