import fastify, { type FastifyInstance } from 'fastify';
import { type ListenAt, listenAt } from '../network/listen.js';
import { createAddressCheck } from './address.js';
import { type Admission, createAdmission } from './admission.js';
import { createTokenCheck } from './auth.js';
import { createFaultAnswers } from './faults.js';
import { type Readiness, registerHealthRoutes } from './health.js';
import type { Keep } from './keep.js';
import { WEBHOOK_LIMITS, type WebhookLimits } from './limits.js';
import type { WebhookLog } from './log.js';
import { createTextReader } from './read-text.js';
import type { WebhookObserver } from './refusal.js';
import { registerWebhookRoute } from './routes.js';
import { createStrangers } from './strangers.js';

export type WebhookServerOptions = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Asked at each request, so that a token can be rotated while we run; all are valid. */
  readonly tokens: () => readonly string[];
  /** Addresses or CIDRs; none: everyone. */
  readonly allow: readonly string[];
  /** How many proxies stand in front and append to `X-Forwarded-For`. */
  readonly trustProxy: number;
  readonly keep: Keep;
  readonly observer: WebhookObserver;
  readonly ready: () => Readiness;
  readonly log: WebhookLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly limits?: Partial<WebhookLimits>;
};

export type WebhookServer = {
  /** `host:port` as bound. */
  readonly address: string;
  readonly port: number;
  /** Takes no more, lets what has begun end, cuts what does not. Idempotent. */
  close(): Promise<void>;
};

/**
 * Takes the provider's callbacks until closed.
 * @throws ListenError when the address cannot be had; ConfigError when `allow` cannot be read
 */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const limits: WebhookLimits = { ...WEBHOOK_LIMITS, ...options.limits };
  const admission = createAdmission(limits.inFlight);
  const app = createApp(options, limits);
  app.server.maxConnections = limits.connections;
  hangUpWhenDraining(app, admission);
  registerHealthRoutes(app, options.ready, admission);
  registerWebhookRoute(app, {
    ...options,
    isAllowed: createAddressCheck(options.allow),
    isValidToken: createTokenCheck(options.tokens),
    admission,
    readText: createTextReader(limits),
    isStranger: createStrangers(),
  });
  const at = { host: options.host, port: options.port, backlog: limits.backlog };
  const listener = { server: app.server, listen: (on: ListenAt) => app.listen(on), close: () => app.close() };
  const { address, port } = await listenAt(listener, at, 'WAYBILL_LISTEN_WEBHOOKS');
  options.log.info('listening', { setting: 'WAYBILL_LISTEN_WEBHOOKS', address, port });
  let closed: Promise<void> | undefined;
  return { address, port, close: () => (closed ??= drain(app, admission, limits.drainMs)) };
}

/** Fastify's own logger stays off: it writes URLs, and ours hold the token. */
function createApp(options: WebhookServerOptions, limits: WebhookLimits): FastifyInstance {
  const answers = createFaultAnswers(options);
  const app = fastify({
    logger: false,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: options.trustProxy > 0 ? limits.proxiedKeepAliveMs : limits.keepAliveMs,
    http: {
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkMs,
      maxHeaderSize: limits.headerBytes,
    },
    // Longer than any token: what is too long for a route would be told apart from what is wrong.
    routerOptions: { maxParamLength: limits.headerBytes },
    return503OnClosing: false, // ours has a Retry-After and is counted
    frameworkErrors: (_error, request, reply) => answers.unknownPath(request, reply),
    clientErrorHandler: answers.brokenClient,
  });
  app.setNotFoundHandler(answers.unknownPath);
  app.setErrorHandler(answers.fault);
  return app;
}

function hangUpWhenDraining(app: FastifyInstance, admission: Admission): void {
  app.addHook('onSend', async (_request, reply) => {
    if (admission.draining) reply.header('connection', 'close');
  });
}

/** The listener's own timeouts no longer run once it closes: the drain has its own. */
async function drain(app: FastifyInstance, admission: Admission, drainMs: number): Promise<void> {
  admission.drain();
  const cut = setTimeout(() => app.server.closeAllConnections(), drainMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
