import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { ValidationError, type Waybill, WaybillError } from '../../src/index.js';
import { runCli } from '../cli/cli-in-process.js';
import { type Answer, startApi, type TestApi } from './api.js';
import { FROM, SHOP } from './stack.js';
import { eventually } from './wait.js';

export type Fault = { readonly pointer: string; readonly detail: string };

/** What became of one request, in the same form whichever way it came in. */
export type FaceAnswer =
  | { readonly taken: true; readonly id: string; readonly warnings: readonly Fault[] }
  | { readonly taken: false; readonly errors: readonly Fault[] };

export const FACES = [
  'library',
  'http',
  'array',
  'ndjson',
  'options',
  'csv file',
  'ndjson file',
  'job',
] as const;
/** A way by which a request comes in; `job` is a job that another BullMQ client adds. */
export type Face = (typeof FACES)[number];

/** The faces that carry any JSON value as it is. */
export const JSON_FACES = [
  'library',
  'http',
  'array',
  'ndjson',
  'ndjson file',
  'job',
] as const satisfies Face[];

export type Request = Readonly<Record<string, unknown>>;

export type Faces = Awaited<ReturnType<typeof openFaces>>;

type Opening = {
  readonly url: string;
  readonly waybill: Waybill;
  /** As the stack has it. */
  readonly account?: Readonly<Record<string, unknown>>;
};

/** Every way by which a request comes in, for the account `shop` of a stack that runs on the same Redis. */
export async function openFaces({ url, waybill, account = {} }: Opening) {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-faces-'));
  const accounts = JSON.stringify([{ ...SHOP, ...account }]);
  const api = await startApi(url, { env: { WAYBILL_ACCOUNTS: accounts } });
  // On a busy machine the first answer of Redis may come too late for a request.
  await eventually(async () => (await api.call('GET', '/v1/accounts')).status === 200);
  const queue = new Queue(`{${FROM}}`, { connection: { url }, prefix: 'waybill:queue' });
  const env = { REDIS_URL: url, WAYBILL_ACCOUNTS: accounts };
  const rejects = join(folder, 'rejects');

  const runFile = async (kind: 'csv' | 'ndjson', text: string): Promise<FaceAnswer> => {
    const args = ['enqueue', `--${kind}`, '-', '--rejects', rejects, '--from', 'shop', '--json'];
    const { stdout, stderr } = await runCli(args, env, [text]);
    const [line] = stdout.split('\n');
    return line ? readLine(JSON.parse(line)) : refusal(stderr);
  };

  const ways: Readonly<Record<Face, (request: Request) => Promise<FaceAnswer>>> = {
    library: (request) => enqueueByLibrary(waybill, request),
    http: async (request) =>
      readHttp(await api.call('POST', '/v1/deliveries', { body: { from: 'shop', ...request } })),
    array: async (request) => readBatch(await batch(api, 'application/json', [{ from: 'shop', ...request }])),
    ndjson: async (request) =>
      readBatch(
        await batch(api, 'application/x-ndjson', `${JSON.stringify({ from: 'shop', ...request })}\n`),
      ),
    options: async (request) => {
      const { code, stdout, stderr } = await runCli(
        ['enqueue', '--from', 'shop', '--json', ...toOptions(request)],
        env,
      );
      return code === 0 ? readLine(JSON.parse(stdout)) : refusal(stderr);
    },
    'csv file': (request) => runFile('csv', toCsv(request)),
    'ndjson file': (request) => runFile('ndjson', `${JSON.stringify(request)}\n`),
    job: (request) => addJob(queue, waybill, request),
  };

  return {
    api,
    enqueue: (face: Face, request: Request): Promise<FaceAnswer> => ways[face](request),
    async close(): Promise<void> {
      await queue.close();
      await api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function enqueueByLibrary(waybill: Waybill, request: Request): Promise<FaceAnswer> {
  try {
    const { id, warnings } = await waybill.enqueue({ from: 'shop', to: '', fileUrl: '', ...request });
    return { taken: true, id, warnings };
  } catch (error) {
    if (error instanceof ValidationError) return { taken: false, errors: error.errors };
    if (error instanceof WaybillError) return { taken: false, errors: [faultOf(error.message)] };
    throw error;
  }
}

const faults = z.array(z.object({ pointer: z.string(), detail: z.string() }));
const taken = z.object({ id: z.string(), warnings: faults.default([]) });
const problem = z.object({
  detail: z.string().optional(),
  message: z.string().optional(),
  errors: faults.optional(),
});

function readHttp({ status, json }: Answer): FaceAnswer {
  return status < 300 ? { taken: true, ...taken.parse(json) } : readProblem(json);
}

function readProblem(json: unknown): FaceAnswer {
  const { errors, detail, message } = problem.parse(json);
  return { taken: false, errors: errors ?? [faultOf(detail ?? message ?? '')] };
}

/** A line of a batch's answer, or of a command's `--json`. */
function readLine(line: unknown): FaceAnswer {
  const { error } = z.object({ error: z.unknown().optional() }).parse(line);
  return error === undefined ? { taken: true, ...taken.parse(line) } : readProblem(error);
}

function batch(api: TestApi, type: string, body: unknown): Promise<Answer> {
  return api.call('POST', '/v1/deliveries/batch', { body, headers: { 'content-type': type } });
}

function readBatch(answer: Answer): FaceAnswer {
  if (answer.status >= 300) return readProblem(answer.json);
  const [first] = Array.isArray(answer.json) ? answer.json : [JSON.parse(answer.text.split('\n')[0] ?? '')];
  return readLine(first);
}

function refusal(stderr: string): FaceAnswer {
  return { taken: false, errors: [faultOf(stderr.trim())] };
}

function faultOf(detail: string): Fault {
  return { pointer: '', detail };
}

async function addJob(queue: Queue, waybill: Waybill, request: Request): Promise<FaceAnswer> {
  const { id = randomUUID(), ...data } = request;
  await queue.add('send-file', data, { jobId: `d-${String(id)}` });
  const view = await eventually(() => waybill.get(String(id), { from: FROM }).catch(() => null), {
    timeoutMs: 20_000,
    what: 'The record of a job',
  });
  return view.reason === 'invalid'
    ? { taken: false, errors: view.errors }
    : { taken: true, id: view.id, warnings: [] };
}

/** The columns of a sheet that hold this request, and its one row. */
function toCsv(request: Request): string {
  const cells = Object.entries(request).flatMap(([name, value]) => columnsOf(name, value));
  return stringify([cells.map(([name]) => name), cells.map(([, cell]) => cell)]);
}

function columnsOf(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) return [[name, value.map(String).join('|')]];
  if (typeof value !== 'object' || value === null) return [[name, value === null ? '' : String(value)]];
  return Object.entries(value).flatMap(([part, inner]) => columnsOf(`${name}.${part}`, inner));
}

/** The options of `waybill enqueue` that say this request. */
function toOptions({ fileUrl, template, metadata, ...request }: Request): readonly string[] {
  const options = Object.entries(request).flatMap(([name, value]) => optionOf(name, value));
  const {
    name,
    language,
    variables = [],
  } = z
    .object({ name: z.string(), language: z.unknown(), variables: z.array(z.string()).optional() })
    .partial()
    .parse(template ?? {});
  return [
    ...optionOf('file', fileUrl),
    ...options,
    ...optionOf('template', name),
    ...optionOf('templateLanguage', language),
    ...variables.map((value) => `--template-variable=${value}`),
    ...Object.entries(metadata ?? {}).map(([key, value]) => `--metadata=${key}=${value}`),
  ];
}

function optionOf(name: string, value: unknown): readonly string[] {
  if (value === undefined || value === null || value === false) return [];
  const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === true ? [option] : [`${option}=${String(value)}`];
}
