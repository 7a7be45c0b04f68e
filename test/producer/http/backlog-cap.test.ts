import { UnavailableError } from '../../../src/errors.js';
import { createBacklogCap } from '../../../src/producer/http/backlog-cap.js';

const clock = { now: 0 };
beforeEach(() => {
  clock.now = 0;
});

function capOf(limit: number, countOf: () => Promise<number>) {
  return createBacklogCap({ limit, countOf, monotonic: () => clock.now });
}

it('adds what it lets in to a count that is a second old at most', async () => {
  const admit = capOf(10, async () => 5);
  await admit('shop', 5);
  await expect(admit('shop')).rejects.toMatchObject({ problem: 'backlog_full' });
  clock.now = 1000;
  await expect(admit('shop', 5)).resolves.toBeUndefined();
});

it('goes by the last count while Redis is too slow for a new one', async () => {
  let isSlow = false;
  const admit = capOf(10, async () => {
    if (isSlow) throw new UnavailableError();
    return 5;
  });
  await admit('shop', 3);
  [isSlow, clock.now] = [true, 60_000];
  await admit('shop', 2);
  await expect(admit('shop')).rejects.toMatchObject({ problem: 'backlog_full' });
});

it('lets nobody in whose backlog was never counted', async () => {
  const admit = capOf(10, () => Promise.reject(new UnavailableError()));
  await expect(admit('shop')).rejects.toBeInstanceOf(UnavailableError);
});
