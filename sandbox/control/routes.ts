import { z } from 'zod';
import { faultSchema } from '../faults/fault.js';
import { messageFilterSchema } from '../shapes.js';
import type { SandboxVerbs } from '../verbs.js';

/** One verb over HTTP. Input: the JSON body of a POST, the query of a GET or DELETE. */
export type ControlRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Throws a ZodError on input that does not fit. */
  run(verbs: SandboxVerbs, input: unknown): unknown;
};

const text = z.string().min(1);
const ofAccount = { from: text.optional() };
const nothing = z.strictObject({});

export const CONTROL_ROUTES: readonly ControlRoute[] = [
  route('POST', '/sandbox/clients', {
    input: z.strictObject({
      number: text.optional(),
      fromId: text.optional(),
      hidden: z.boolean().optional(),
    }),
    run: (verbs, client) => verbs.client(client),
  }),
  route('POST', '/sandbox/reply', {
    input: z.strictObject({ to: text, text, quote: text.optional(), ...ofAccount }),
    run: (verbs, { to, text: words, ...more }) => ({ unique: verbs.reply(to, words, more) }),
  }),
  route('POST', '/sandbox/agent', {
    input: z.strictObject({ to: text, text, ...ofAccount }),
    run: (verbs, { to, text: words, ...more }) => ({ unique: verbs.agentSend(to, words, more) }),
  }),
  route('POST', '/sandbox/window', {
    input: z.strictObject({ to: text, minutes: z.number().nonnegative().nullable(), ...ofAccount }),
    run: (verbs, { to, minutes, ...more }) => verbs.windowLeft(to, minutes, more),
  }),
  route('POST', '/sandbox/clock', {
    input: z.strictObject({ advanceMs: z.number().int().nonnegative() }),
    run: (verbs, { advanceMs }) => ({ now: verbs.advance(advanceMs) }),
  }),
  route('GET', '/sandbox/clock', { input: nothing, run: (verbs) => ({ now: verbs.now() }) }),
  route('POST', '/sandbox/faults', { input: faultSchema, run: (verbs, fault) => verbs.fault(fault) }),
  route('GET', '/sandbox/faults', { input: nothing, run: (verbs) => verbs.faults() }),
  route('DELETE', '/sandbox/faults', { input: nothing, run: (verbs) => verbs.clearFaults() }),
  route('POST', '/sandbox/callback', {
    input: z.strictObject({ payload: z.record(z.string(), z.unknown()), ...ofAccount }),
    run: (verbs, { payload, ...more }) => verbs.callback(payload, more),
  }),
  route('GET', '/sandbox/accepted', {
    input: messageFilterSchema,
    run: (verbs, filter) => verbs.accepted(filter),
  }),
  route('GET', '/sandbox/bill', { input: nothing, run: (verbs) => verbs.bill() }),
  route('GET', '/sandbox/seen', { input: nothing, run: (verbs) => verbs.requests() }),
  route('GET', '/sandbox/history', {
    input: z.strictObject({ to: text.optional(), ...ofAccount }),
    run: (verbs, of) => verbs.history(of),
  }),
  route('GET', '/sandbox/callbacks', { input: nothing, run: (verbs) => verbs.callbacks() }),
  route('GET', '/sandbox/counts', { input: nothing, run: (verbs) => verbs.counts() }),
  route('GET', '/sandbox/idle', {
    input: z.strictObject({ timeoutMs: z.coerce.number().int().nonnegative().optional() }),
    run: (verbs, more) => verbs.idle(more),
  }),
];

type Definition<Schema extends z.ZodType> = {
  readonly input: Schema;
  readonly run: (verbs: SandboxVerbs, input: z.output<Schema>) => unknown;
};

function route<Schema extends z.ZodType>(
  method: ControlRoute['method'],
  path: string,
  { input, run }: Definition<Schema>,
): ControlRoute {
  return { method, path, run: (verbs, given) => run(verbs, input.parse(given)) };
}
