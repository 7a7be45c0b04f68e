import { request } from 'undici';
import { z } from 'zod';
import { type Fault, faultSchema } from '../faults/fault.js';
import { SandboxError } from '../sandbox-error.js';
import {
  billedSessionSchema,
  clientSchema,
  countsSchema,
  messageSchema,
  postedCallbackSchema,
  seenRequestSchema,
  shownAccountSchema,
  shownWindowSchema,
} from '../shapes.js';
import type { SandboxActions, SandboxReadings } from '../verbs.js';

/** The sandbox's verbs from another process: the same arguments, and promises of the same results. */
export type SandboxClient = Remote<SandboxActions> & Remote<SandboxReadings>;

type Remote<Verbs> = {
  readonly [Verb in keyof Verbs]: Verbs[Verb] extends (...args: infer Input) => infer Result
    ? (...args: Input) => Promise<Awaited<Result>>
    : never;
};

const uniqueSchema = z.object({ unique: z.string() });
const resetSchema = z.object({ seed: z.number() });
const nowSchema = z.object({ now: z.number() });
const faultsSchema: z.ZodType<Fault[]> = z.array(faultSchema);

/**
 * Speaks to the control API of the sandbox that listens at `url` (its origin; a path is ignored). A refusal
 * rejects with a SandboxError `control_refused` that carries the sandbox's own words.
 */
export function createSandboxClient(url: string): SandboxClient {
  const call = callerOf(url);
  return { ...actionsOver(call), ...readingsOver(call) };
}

type Query = Readonly<Record<string, string | number | undefined>>;
type Caller = {
  post(path: string, input: unknown): Promise<unknown>;
  get(path: string, query?: Query): Promise<unknown>;
  delete(path: string): Promise<unknown>;
};

function actionsOver(call: Caller): Remote<SandboxActions> {
  return {
    client: async (input) => clientSchema.parse(await call.post('clients', input)),
    reply: async (to, text, more) =>
      uniqueSchema.parse(await call.post('reply', { to, text, ...more })).unique,
    agentSend: async (to, text, more) =>
      uniqueSchema.parse(await call.post('agent', { to, text, ...more })).unique,
    windowLeft: async (to, minutes, more) => void (await call.post('window', { to, minutes, ...more })),
    advance: async (ms) => nowSchema.parse(await call.post('clock', { advanceMs: ms })).now,
    fault: async (fault) => void (await call.post('faults', fault)),
    clearFaults: async () => void (await call.delete('faults')),
    callback: async (payload, more) => void (await call.post('callback', { payload, ...more })),
    receipt: async (unique, ack, more) => void (await call.post('receipt', { unique, ack, ...more })),
    account: async (account) => void (await call.post('accounts', account)),
    webhook: async (webhook, more) =>
      void (await call.post('webhook', { ...(webhook ?? { url: null }), ...more })),
    reset: async (more) => resetSchema.parse(await call.post('reset', { ...more })).seed,
    idle: async (more) => void (await call.get('idle', more)),
  };
}

function readingsOver(call: Caller): Remote<SandboxReadings> {
  return {
    now: async () => nowSchema.parse(await call.get('clock')).now,
    faults: async () => faultsSchema.parse(await call.get('faults')),
    accepted: async (filter) => z.array(messageSchema).parse(await call.get('accepted', filter)),
    acceptedTimes: async (filter) => z.array(messageSchema).parse(await call.get('accepted', filter)).length,
    bill: async () => z.array(billedSessionSchema).parse(await call.get('bill')),
    requests: async (filter) => z.array(seenRequestSchema).parse(await call.get('seen', filter)),
    history: async (of) => z.array(messageSchema).parse(await call.get('history', of)),
    callbacks: async () => z.array(postedCallbackSchema).parse(await call.get('callbacks')),
    counts: async () => countsSchema.parse(await call.get('counts')),
    accounts: async () => z.array(shownAccountSchema).parse(await call.get('accounts')),
    windows: async (of) => z.array(shownWindowSchema).parse(await call.get('windows', of)),
  };
}

function callerOf(url: string): Caller {
  const at = (path: string): URL => new URL(`/sandbox/${path}`, url);
  return {
    post: (path, input) =>
      answerOf(at(path), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      }),
    get: (path, query = {}) => {
      const address = at(path);
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) address.searchParams.set(name, String(value));
      }
      return answerOf(address, { method: 'GET' });
    },
    delete: (path) => answerOf(at(path), { method: 'DELETE' }),
  };
}

async function answerOf(address: URL, options: Parameters<typeof request>[1]): Promise<unknown> {
  const { statusCode, body } = await request(address, options);
  if (statusCode === 200) return body.json();
  const { code, words } = refusalIn(await body.text());
  throw new SandboxError('control_refused', `The sandbox answered ${statusCode}${code}: ${words}`);
}

const refusalSchema = z.object({ error: z.string(), message: z.string() });

/** Something else may listen there, which answers in its own way. */
function refusalIn(body: string): { readonly code: string; readonly words: string } {
  try {
    const { error, message } = refusalSchema.parse(JSON.parse(body));
    return { code: ` (${error})`, words: message };
  } catch {
    return { code: '', words: body };
  }
}
