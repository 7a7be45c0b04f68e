import fastify from 'fastify';

/** A route that reads the callback's JSON, and forgets it. */
const app = fastify({ logger: false });
app.post('/webhooks/:token', async (_request, reply) => reply.code(200).send());

process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(1));
void app.listen({ host: '127.0.0.1', port: 0 }).then((address) => {
  process.send?.({ port: Number(new URL(address).port) });
});
