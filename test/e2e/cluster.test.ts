import { startCluster } from '../support/cluster.js';
import { goRound } from '../support/round.js';

it('does all that it does on one Redis on three masters of a cluster', async () => {
  const cluster = await startCluster({ replicas: 0 });
  try {
    await goRound(cluster.at);
  } finally {
    await cluster.close();
  }
});
