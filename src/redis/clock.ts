import { SECOND } from '../domain/time.js';
import { askMasters, type Redis } from './connection.js';

/** Epoch milliseconds by Redis's clock; of a cluster's masters, by the one whose clock is furthest behind. */
export async function redisTime(redis: Redis): Promise<number> {
  return Math.min(...(await redisTimes(redis)));
}

/** The clock of each server that scripts run on. */
export async function redisTimes(redis: Redis): Promise<readonly number[]> {
  const answers = await askMasters(redis, (server) => server.time());
  return answers.map(([seconds = 0, micros = 0]) => Number(seconds) * SECOND + Number(micros) / 1000);
}
