import fastify from 'fastify';
import type { SendRequest } from '../load/requests.js';
import { openPlainQueue } from '../rivals/plain-queue.js';

/** A route that puts the request into a BullMQ queue: neither checked, nor anybody asked for a key. */
const app = fastify({ logger: false });
const { queue } = openPlainQueue(process.env.REDIS_URL ?? '');
app.post<{ Body: SendRequest }>('/v1/deliveries', async ({ body }, reply) => {
  const job = await queue.add('send-file', body, { jobId: body.id });
  return reply.code(202).send({ id: job.id, status: 'queued' });
});

process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(1));
void app.listen({ host: '127.0.0.1', port: 0 }).then((address) => {
  process.send?.({ port: Number(new URL(address).port) });
});
