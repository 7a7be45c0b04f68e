import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Api } from './api.js';
import { nameComponents } from './components.js';

const TAGS = [
  { name: 'deliveries', description: 'Files to be sent, and what became of each' },
  { name: 'conversations', description: 'An account and a recipient' },
  { name: 'accounts', description: 'Our sending numbers' },
  { name: 'ledger', description: 'The paid sessions: what the bill should say' },
  { name: 'events', description: 'What becomes of deliveries, as it happens' },
  { name: 'webhooks', description: 'The provider’s callbacks that could not be applied' },
];

/** Describes every route that is added after it, at `/openapi.json`, with pages at `/docs`. */
export async function addOpenApi(api: Api, version: string): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Waybill',
        version,
        description: 'Sends files to WhatsApp clients from a queue, and knows what became of each one.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'Where this page is' }],
      tags: TAGS,
      security: [{ key: [] }],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'As "waybill api-key create" prints it' },
        },
      },
    },
    // The package's own override drops one of the two forms of a time.
    transform: createJsonSchemaTransform({ zodToJsonConfig: { override: () => undefined } }),
    transformObject: nameComponents,
  });
  await api.register(swaggerUi, { routePrefix: '/docs' });
  api.get('/openapi.json', { schema: { hide: true } }, async () => api.swagger());
}
