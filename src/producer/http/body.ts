import type { FastifyRequest } from 'fastify';
import type { Api } from './api.js';
import { ProblemError } from './problem.js';

type Done = (error: Error | null, body?: unknown) => void;

/** Bodies are JSON; an empty one is none at all, also where its type says JSON. */
export function readBodies(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'buffer' }, readJson);
  api.addContentTypeParser(/^application\/[\w.-]+\+json\b/, { parseAs: 'buffer' }, readJson);
}

/** Fatal: what is no UTF-8 would otherwise reach a client as �. It leaves out a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function readJson(_request: FastifyRequest, bytes: string | Buffer, done: Done): void {
  try {
    const json = typeof bytes === 'string' ? bytes : utf8.decode(bytes);
    done(null, json.trim() === '' ? undefined : JSON.parse(json));
  } catch (cause) {
    done(new ProblemError('malformed_json', 'the body must be JSON in UTF-8', { cause }));
  }
}
