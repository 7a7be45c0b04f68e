import type { Redis } from '../../src/redis/connection.js';
import { waitForReplicas } from '../../src/redis/replicated.js';
import { connectTo } from '../../src/redis/servers.js';
import { startCluster } from '../support/cluster.js';
import { startSentinels } from '../support/sentinels.js';
import type { Topology } from '../support/topology.js';
import { CLIENT, delivery, openBench } from './bench.js';

let topology: Topology;
let redis: Redis;

async function open(starting: Promise<Topology>, replicas: number) {
  topology = await starting;
  redis = connectTo(topology.at.redis, 'waits');
  redis.on('error', () => undefined);
  waitForReplicas(redis, replicas);
  return openBench(redis);
}
afterEach(async () => {
  redis.disconnect();
  await topology.close();
});

it.each([
  ['behind sentinels', startSentinels],
  ['in a cluster', startCluster],
] as const)('answers once a replica knows of it, %s, many together', async (_, start) => {
  const bench = await open(start({ replicationDelayMs: 200 }), 1);
  const many = Array.from({ length: 20 }, (__, index) =>
    delivery(`d${index}`, { to: `${Number(CLIENT) + index}` }),
  );
  const before = performance.now();
  await Promise.all(many.map((each) => bench.accept(each)));
  const claims = await Promise.all(many.map((each) => bench.claim(each)));
  expect(claims.map(({ kind }) => kind)).toEqual(many.map(() => 'go'));
  // Each at least once as late as its replica, and so not before it.
  expect(performance.now() - before).toBeGreaterThanOrEqual(390);
});

it('fails where too few know of it, which may have been done all the same', async () => {
  const bench = await open(startSentinels(), 2);
  await expect(bench.accept(delivery('one'))).rejects.toThrow('NOREPLICAS 1 of 2');
  await expect(bench.status('one')).resolves.toBe('queued');
});
