import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { type Api, scoped } from './api.js';
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
  await api.register(scoped(addReference));
  api.get('/openapi.json', { schema: { hide: true } }, async () => api.swagger());
}

/** The page at `/docs`. Its base layout has no bar with the logo of the tool that draws it. */
async function addReference(api: Api): Promise<void> {
  api.addHook('onRequest', setReferenceHeaders);
  const icon = readFileSync(join(__dirname, 'page', 'static', 'icon.svg'), 'utf8');
  await api.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { layout: 'BaseLayout' },
    theme: {
      title: 'Waybill API',
      favicon: [{ filename: 'icon.svg', rel: 'icon', sizes: 'any', type: 'image/svg+xml', content: icon }],
    },
  });
}

/** Nothing from elsewhere, and nothing inline but small pictures of its style sheet. It wants no web fonts. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

async function setReferenceHeaders(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({
    'content-security-policy': POLICY,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  });
}
