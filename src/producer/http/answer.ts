import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isFields } from '../../domain/seal.js';
import { PROBLEM_TYPE, PROBLEMS, ProblemError, problemBody } from './problem.js';
import { toProblem } from './translate.js';

/** The lines that the API writes: bugs only; what each call came to is the observer's to tell. */
export type ApiLog = {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
};

/** Answers with a problem. */
export function answerProblem(reply: FastifyReply, problem: ProblemError): FastifyReply {
  if (problem.retryAfterSeconds !== null) reply.header('retry-after', problem.retryAfterSeconds);
  const body = problemBody(problem);
  return reply.code(body.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(body);
}

/** What no route answered by itself. */
export function createErrorAnswer(log: ApiLog) {
  return (error: unknown, { query }: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const inQuery = isFields(query) && query.from !== undefined;
    const problem = toProblem(error, inQuery ? '/query/from' : '/from');
    if (problem !== null) return answerProblem(reply, problem);
    log.error('a call met a bug', { error });
    return answerProblem(reply, new ProblemError('internal', 'it is in the log of this process', {}));
  };
}

/** The client hung up halfway: nobody is left to be told. */
const HANG_UPS = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

/** What is not HTTP, or too slow in coming: a bare answer, and the connection is cut. */
export function answerBrokenClient(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!HANG_UPS.has(error.code ?? '') && socket.writable) socket.write(bareAnswer(brokenBy(error)));
  socket.destroy();
}

function brokenBy({ code }: NodeJS.ErrnoException): ProblemError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ProblemError('headers_too_large', 'send fewer or shorter ones');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ProblemError('request_timeout', 'send it in one go');
  return new ProblemError('malformed_request', 'it cannot be read as HTTP/1.1');
}

function bareAnswer(problem: ProblemError): string {
  const body = JSON.stringify(problemBody(problem));
  const { status } = PROBLEMS[problem.problem];
  const head = [
    `HTTP/1.1 ${status} ${PROBLEMS[problem.problem].title}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
