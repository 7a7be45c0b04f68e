import { z } from 'zod';
import { ACK_NAMES } from '../callbacks/payloads.js';
import { faultSchema } from '../faults/fault.js';
import { accountSchema, webhookSchema } from '../options.js';
import { type ControlRoute, nothing, ofAccount, route, text } from './route.js';

const unset = z.strictObject({ url: z.null(), ...ofAccount });

/** Time, trouble, and what an account's owner sets at the provider. */
export const STAGE_ROUTES: readonly ControlRoute[] = [
  route('POST reset', {
    what: 'begins anew: nothing seen, nothing due, no time travelled, keys and webhooks as at the start; tells the seed',
    input: z.strictObject({ seed: z.number().int().nonnegative().max(0xffff_ffff).optional() }),
    example: { seed: 7 },
    run: async (verbs, more) => ({ seed: await verbs.reset(more) }),
  }),
  route('GET clock', {
    what: 'the sandbox’s time, epoch milliseconds',
    input: nothing,
    run: (verbs) => ({ now: verbs.now() }),
  }),
  route('POST clock', {
    what: 'travels forward in time: windows, sessions, and callbacks that become due; tells the time',
    input: z.strictObject({ advanceMs: z.number().int().nonnegative() }),
    example: { advanceMs: 90_000_000 },
    run: (verbs, { advanceMs }) => ({ now: verbs.advance(advanceMs) }),
  }),
  route('POST faults', {
    what: 'has calls go wrong, by call, recipient, times and probability',
    input: faultSchema,
    example: { kind: 'fail', reason: 6, times: 2, to: '972501234567', probability: 1 },
    run: (verbs, fault) => verbs.fault(fault),
  }),
  route('GET faults', {
    what: 'faults that may still strike, with the times that are left',
    input: nothing,
    run: (verbs) => verbs.faults(),
  }),
  route('DELETE faults', {
    what: 'forgets every fault',
    input: nothing,
    run: (verbs) => verbs.clearFaults(),
  }),
  route('GET accounts', {
    what: 'the accounts and their webhooks; never a key, and of an address nothing that may be a secret',
    input: nothing,
    run: (verbs) => verbs.accounts(),
  }),
  route('POST accounts', {
    what: 'adds an account, or gives a known one another key: the old one is wrong from then on',
    input: accountSchema,
    example: { from: '972771234567', apiKey: 'another-key' },
    run: (verbs, account) => verbs.account(account),
  }),
  route('POST webhook', {
    what: 'sets where an account’s callbacks go, as its owner would at the provider; url null: nowhere',
    input: z.union([unset, webhookSchema.extend(ofAccount)]),
    example: { url: 'http://127.0.0.1:9000/hook', system: 1, readStatus: 1, retry: 0 },
    run(verbs, { from, ...webhook }) {
      const { url, ...flags } = webhook;
      verbs.webhook(url === null ? null : { url, ...flags }, { from });
    },
  }),
  route('POST receipt', {
    what: 'what becomes of a message of ours, told to the webhook now; answers when that has answered',
    input: z.strictObject({
      unique: text,
      ack: z.enum(ACK_NAMES),
      code: z.union([z.number().int(), text]).optional(),
    }),
    example: { unique: '92E0', ack: 'delivered' },
    run: (verbs, { unique, ack, ...more }) => verbs.receipt(unique, ack, more),
  }),
  route('POST callback', {
    what: 'posts any JSON object to the account’s webhook; answers when that has answered',
    input: z.strictObject({ payload: z.record(z.string(), z.unknown()), ...ofAccount }),
    example: { payload: { status: 'OK', hook: 'system', type: 'update' } },
    run: (verbs, { payload, ...more }) => verbs.callback(payload, more),
  }),
];
