import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiLog } from '../answer.js';
import { formTokenOf } from '../people.js';
import { PROBLEMS, ProblemError } from '../problem.js';
import { toProblem } from '../translate.js';
import type { PageParts } from './layout.js';
import { absence, refusal } from './notice.js';
import { answerPage } from './routes/visit.js';
import { viewerOf } from './viewer.js';

/** Answers what stands in the way of a call with a page, for people. */
export function createRefusalPage(log: ApiLog) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = toProblem(error);
    if (known === null) log.error('a page met a bug', { error });
    const problem = known ?? new ProblemError('internal', 'it is in the log of this process', {});
    const { status, title } = PROBLEMS[problem.problem];
    if (problem.retryAfterSeconds !== null) reply.header('retry-after', problem.retryAfterSeconds);
    return answerPage(reply.code(status), refusalPage(request, title, problem));
  };
}

function refusalPage(
  request: FastifyRequest,
  title: string,
  { problem, message, errors }: ProblemError,
): PageParts {
  const { caller } = request;
  const viewer = caller === null ? null : viewerOf(caller, formTokenOf(caller));
  if (problem === 'unavailable') return { title, viewer, content: absence(title, request.method === 'GET') };
  const details = errors.map(({ pointer, detail }) => `${pointer.split('/').at(-1)} ${detail}`);
  const detail = details.length > 0 ? details.join('; ') : message;
  const content = refusal(title, `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}.`);
  return { title, viewer, content };
}
