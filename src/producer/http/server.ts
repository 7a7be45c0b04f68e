import rateLimit from '@fastify/rate-limit';
import fastify from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { type ListenAt, listenAt } from '../../network/listen.js';
import { type ApiLog, answerBrokenClient, answerProblem, createErrorAnswer } from './answer.js';
import { type Api, scoped } from './api.js';
import type { Callers } from './auth.js';
import { addBoard, BOARD_PATIENCE_MS, type BoardOperations } from './board.js';
import { readBodies } from './body.js';
import { callerOf, createGuard } from './guard.js';
import { addHealth, type Dependencies } from './health.js';
import { API_LIMITS, LONGEST_PATH_PART } from './limits.js';
import { addOpenApi } from './openapi.js';
import { addPageFiles, addPages } from './page/pages.js';
import type { PageOperations } from './page/routes/operations.js';
import { boundCalls } from './patience.js';
import { createPeopleGuard } from './people.js';
import { ProblemError } from './problem.js';
import { addRoutes, type Operations } from './routes.js';
import { cutSlowBodies } from './slow-body.js';
import { answerUnrouted } from './unrouted.js';
import { refuseFaults, validatorCompiler } from './validate.js';

export type ApiOptions = {
  /** The package's. */
  readonly version: string;
  readonly callers: Callers;
  /** Calls of one key per second, of which each process counts its own. */
  readonly callsPerSecond: number;
  readonly operations: Operations & PageOperations & BoardOperations;
  readonly dependencies: Dependencies;
  readonly observer: {
    httpAnswered(event: {
      readonly route: string;
      readonly method: string;
      readonly code: number;
      readonly durationMs: number;
    }): void;
  };
  readonly log: ApiLog;
};

export type ApiServer = {
  /** `host:port` as bound. */
  readonly address: string;
  readonly port: number;
  /** Takes no more, lets what has begun end, cuts what does not. Idempotent. */
  close(): Promise<void>;
};

/**
 * Takes calls until closed.
 * @throws ListenError when the address cannot be had
 */
export async function startApiServer(
  options: ApiOptions,
  at: { readonly host: string; readonly port: number },
): Promise<ApiServer> {
  const state = { draining: false };
  const api = await createApi(options, () => state.draining);
  const listener = { server: api.server, listen: (on: ListenAt) => api.listen(on), close: () => api.close() };
  const { address, port } = await listenAt(listener, at, 'WAYBILL_LISTEN_API');
  options.log.info('listening', { setting: 'WAYBILL_LISTEN_API', address, port });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    state.draining = true;
    const cut = setTimeout(() => api.server.closeAllConnections(), API_LIMITS.drainMs);
    await api.close().finally(() => clearTimeout(cut));
  };
  return { address, port, close: () => (closed ??= close()) };
}

/** Everything but the listening. */
export async function createApi(options: ApiOptions, isDraining: () => boolean): Promise<Api> {
  const api = createApp(options.log);
  answerUnrouted(api);
  readBodies(api);
  cutSlowBodies(api, API_LIMITS.bodyMs);
  observe(api, options.observer);
  hangUpWhenDraining(api, isDraining);
  addHealth(api, options.dependencies, isDraining);
  await addOpenApi(api, options.version);
  await api.register(
    scoped(async (behindKey) => {
      behindKey.addHook('onRequest', createGuard(options.callers));
      await limitRate(behindKey, options.callsPerSecond);
      refuseFaults(behindKey);
      boundCalls(behindKey);
      addRoutes(behindKey, options.operations);
    }),
  );
  addPageFiles(api);
  await api.register(
    scoped(async (forPeople) => {
      await guardPeople(forPeople, options);
      addPages(forPeople, options.operations, options.log);
    }),
  );
  await api.register(
    scoped(async (forPeople) => {
      await guardPeople(forPeople, options);
      boundCalls(forPeople, BOARD_PATIENCE_MS);
      await addBoard(forPeople, options.operations, options.log);
    }),
  );
  await api.ready();
  return api;
}

/** The same for people and their browsers. */
async function guardPeople(api: Api, { callers, callsPerSecond }: ApiOptions): Promise<void> {
  api.addHook('onRequest', createPeopleGuard(callers));
  await limitRate(api, callsPerSecond);
}

/** Fastify's own logger stays off: it writes URLs. */
function createApp(log: ApiLog): Api {
  const app = fastify({
    logger: false,
    bodyLimit: API_LIMITS.bodyBytes,
    requestTimeout: API_LIMITS.requestMs,
    keepAliveTimeout: API_LIMITS.keepAliveMs,
    http: {
      headersTimeout: API_LIMITS.headersMs,
      connectionsCheckingInterval: API_LIMITS.checkMs,
      maxHeaderSize: API_LIMITS.headerBytes,
    },
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    return503OnClosing: false, // ours is a problem and has a Retry-After
    frameworkErrors: (error, request, reply) => createErrorAnswer(log)(error, request, reply),
    clientErrorHandler: answerBrokenClient,
  }).withTypeProvider<ZodTypeProvider>();
  app.setErrorHandler(createErrorAnswer(log));
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('caller', null);
  return app;
}

function observe(api: Api, observer: ApiOptions['observer']): void {
  api.addHook('onResponse', async (request, reply) => {
    observer.httpAnswered({
      route: request.routeOptions.url ?? 'none',
      method: request.method,
      code: reply.statusCode,
      durationMs: reply.elapsedTime,
    });
  });
}

const DRAINING_RETRY_SECONDS = 1;

function hangUpWhenDraining(api: Api, isDraining: () => boolean): void {
  api.addHook('onRequest', async (request, reply) => {
    if (!isDraining() || request.routeOptions.url === '/readyz') return;
    const detail = 'another process takes it, or this one when it is back';
    const retryAfterSeconds = DRAINING_RETRY_SECONDS;
    return answerProblem(reply, new ProblemError('draining', detail, { retryAfterSeconds }));
  });
  api.addHook('onSend', async (_request, reply) => {
    if (isDraining()) reply.header('connection', 'close');
  });
}

/** By key; who has none was refused before. */
async function limitRate(api: Api, callsPerSecond: number): Promise<void> {
  await api.register(rateLimit, {
    max: callsPerSecond,
    timeWindow: 1000,
    keyGenerator: (request) => callerOf(request).name,
    errorResponseBuilder: () => {
      const detail = `at most ${callsPerSecond} calls a second are taken from one key`;
      return new ProblemError('rate_limited', detail, { retryAfterSeconds: 1 });
    },
  });
}
