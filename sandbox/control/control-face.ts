import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Answer, writeAnswer } from '../api/answer.js';
import { readBody } from '../read-body.js';
import { SandboxError, type SandboxErrorCode } from '../sandbox-error.js';
import type { SandboxVerbs } from '../verbs.js';
import { CONTROL_ROUTES, type ControlRoute } from './routes.js';

const STATUS: Readonly<Record<SandboxErrorCode, number>> = {
  invalid_options: 400,
  unknown_client: 400,
  unknown_account: 404,
  no_webhook: 409,
  not_idle: 504,
  control_refused: 500,
};

/** Answers a request of the control API: the verb's result as JSON, or `{ error, message }` with a 4xx. */
export async function answerControl(
  verbs: SandboxVerbs,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const ofPath = CONTROL_ROUTES.filter(({ path }) => path === url.pathname);
  const route = ofPath.find(({ method }) => method === request.method);
  if (ofPath.length === 0) return refuse(response, 404, { error: 'not_found', message: 'No such control' });
  if (route === undefined) {
    const methods = ofPath.map(({ method }) => method).join(', ');
    return refuse(response, 405, { error: 'wrong_method', message: `Takes ${methods}` });
  }
  writeAnswer(response, await run(verbs, route, await inputOf(request, url)));
}

type Refusal = { readonly error: string; readonly message: string };

function refuse(response: ServerResponse, status: number, refusal: Refusal): void {
  writeAnswer(response, { status, json: refusal });
}

/** A body that is not JSON comes out as undefined, which no route takes. */
async function inputOf(request: IncomingMessage, url: URL): Promise<unknown> {
  if (request.method !== 'POST') return Object.fromEntries(url.searchParams);
  try {
    const json: unknown = JSON.parse(await readBody(request));
    return json;
  } catch {
    return undefined;
  }
}

async function run(verbs: SandboxVerbs, route: ControlRoute, input: unknown): Promise<Answer> {
  try {
    return { status: 200, json: (await route.run(verbs, input)) ?? {} };
  } catch (error) {
    if (error instanceof z.ZodError) {
      return { status: 400, json: { error: 'invalid', message: z.prettifyError(error) } };
    }
    if (error instanceof SandboxError) {
      return { status: STATUS[error.code], json: { error: error.code, message: error.message } };
    }
    throw error;
  }
}
