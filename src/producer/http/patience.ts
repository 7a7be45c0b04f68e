import { types } from 'node:util';
import { orUnavailable } from '../unavailable.js';
import type { Api } from './api.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It asks Redis more than can be answered in one patience, or waits for something else: each question has its own. */
    readonly asksMuch?: boolean;
  }
}

/** Gives each call one patience for all that it asks of Redis. To be called before routes are added. */
export function boundCalls(api: Api, patienceMs?: number): void {
  api.addHook('onRoute', (route) => {
    const { handler, config } = route;
    if (config?.asksMuch === true) return;
    route.handler = function answer(request, reply) {
      const answered = handler.call(this, request, reply);
      // One that promises nothing has answered, or answers by itself.
      return types.isPromise(answered) ? orUnavailable(() => answered, patienceMs) : answered;
    };
  });
}
