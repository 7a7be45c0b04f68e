import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem } from './answer.js';
import type { Api } from './api.js';
import { ProblemError } from './problem.js';

type Known = { readonly pattern: RegExp; readonly methods: readonly string[] };

/** Answers what no route takes: another method than the path's, or nothing there at all. To be called before routes are added. */
export function answerUnrouted(api: Api): void {
  const known: Known[] = [];
  api.addHook('onRoute', ({ url, method }) => {
    known.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  api.setNotFoundHandler((request, reply) => refuse(request, reply, known));
}

function refuse(request: FastifyRequest, reply: FastifyReply, known: readonly Known[]): FastifyReply {
  const [path = ''] = request.url.split('?', 1);
  const methods = known.filter(({ pattern }) => pattern.test(path)).flatMap((each) => each.methods);
  if (methods.length === 0) {
    return answerProblem(reply, new ProblemError('route_not_found', 'see /docs for what there is'));
  }
  const allowed = [...new Set(methods)].sort().join(', ');
  reply.header('allow', allowed);
  return answerProblem(reply, new ProblemError('method_not_allowed', `it takes ${allowed}`));
}

/** `/v1/accounts/:from/pause` → what paths of it look like. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
