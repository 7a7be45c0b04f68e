import type { FastifyRequest } from 'fastify';
import type { Api } from './api.js';
import { ProblemError } from './problem.js';

type Done = (error: Error | null, body?: unknown) => void;

/** Bodies are JSON; an empty one is none at all, also where its type says JSON. */
export function readBodies(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, readJson);
  api.addContentTypeParser(/^application\/[\w.-]+\+json\b/, { parseAs: 'string' }, readJson);
}

function readJson(_request: FastifyRequest, text: string | Buffer, done: Done): void {
  const json = text.toString().replace(/^\uFEFF/, '');
  try {
    done(null, json.trim() === '' ? undefined : JSON.parse(json));
  } catch (cause) {
    done(new ProblemError('malformed_json', 'the body must be JSON in UTF-8', { cause }));
  }
}
