import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Answer, writeAnswer } from '../api/answer.js';
import { faultsInWords } from '../input-words.js';
import { MAX_BODY_BYTES, readBody } from '../read-body.js';
import { SandboxError, type SandboxErrorCode } from '../sandbox-error.js';
import type { Stage } from '../stage.js';
import type { SandboxVerbs } from '../verbs.js';
import { listControls } from './list-controls.js';
import type { ControlRoute } from './route.js';
import { CONTROL_ROUTES } from './routes.js';

const STATUS: Readonly<Record<SandboxErrorCode, number>> = {
  invalid_options: 400,
  unknown_client: 400,
  unknown_account: 404,
  unknown_message: 404,
  no_webhook: 409,
  not_idle: 504,
  control_refused: 500,
};

export type Controlled = { readonly verbs: SandboxVerbs; readonly stage: Stage };

/** Answers a request of the control API: the verb's result as JSON, or `{ error, message }` with a 4xx. */
export async function answerControl(
  { verbs, stage }: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const found = routeFor(url.pathname, request.method ?? '');
  if (found === 'list') return writeAnswer(response, { status: 200, json: listControls(stage) });
  if ('status' in found) {
    if (found.allow !== undefined) response.setHeader('allow', found.allow);
    return writeAnswer(response, found);
  }
  const given = await inputOf(request, url);
  writeAnswer(response, given.kind === 'input' ? await run(verbs, found, given.input) : given);
}

const LISTED_AT: ReadonlySet<string> = new Set(['/', '/sandbox', '/sandbox/']);

function routeFor(path: string, method: string): ControlRoute | 'list' | Refused {
  if (LISTED_AT.has(path)) return method === 'GET' ? 'list' : wrongMethod(['GET']);
  const ofPath = CONTROL_ROUTES.filter((route) => route.path === path);
  if (ofPath.length === 0) return refuse(404, 'not_found', 'No such control; GET / lists them');
  const route = ofPath.find((each) => each.method === method);
  return route ?? wrongMethod(ofPath.map((each) => each.method));
}

type Refused = Answer & { readonly kind: 'refused'; readonly allow?: string };

function wrongMethod(methods: readonly string[]): Refused {
  const allow = methods.join(', ');
  return { ...refuse(405, 'wrong_method', `Takes ${allow}`), allow };
}

function refuse(status: number, error: string, message: string): Refused {
  return { kind: 'refused', status, json: { error, message } };
}

type Given = { readonly kind: 'input'; readonly input: unknown } | Refused;

async function inputOf(request: IncomingMessage, url: URL): Promise<Given> {
  if (request.method !== 'POST') return { kind: 'input', input: Object.fromEntries(url.searchParams) };
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
    return refuse(413, 'too_large', 'The body may have a mebibyte');
  const body = await readBody(request);
  try {
    const input: unknown = body.trim() === '' ? {} : JSON.parse(body);
    return { kind: 'input', input };
  } catch {
    return refuse(400, 'not_json', 'The body must be a JSON object');
  }
}

async function run(verbs: SandboxVerbs, route: ControlRoute, input: unknown): Promise<Answer> {
  try {
    return { status: 200, json: (await route.run(verbs, input)) ?? {} };
  } catch (error) {
    if (error instanceof z.ZodError) return refuse(400, 'invalid', faultsInWords(error));
    if (error instanceof SandboxError) return refuse(STATUS[error.code], error.code, error.message);
    throw error;
  }
}
