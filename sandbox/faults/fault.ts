import { z } from 'zod';

export const ENDPOINTS = ['sendFile', 'sendTemplate', 'getHistory', 'setWebhook', 'getWebhook'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Which requests a fault meets. Of several that would, the one given first does. */
const aim = {
  on: z.array(z.enum(ENDPOINTS)).min(1).default(['sendFile', 'sendTemplate']),
  /** Only requests to this recipient, as they name it. */
  to: z.string().optional(),
  /** Only requests of which a field holds this text: caption, link, a template’s variable. */
  text: z.string().min(1).optional(),
  times: z.union([z.number().int().positive(), z.literal('always')]).default(1),
  /** Of meeting a request that it could meet. */
  probability: z.number().min(0).max(1).default(1),
};
/** Whether the message is taken nevertheless, if the provider's own rules allow it. */
const taken = (byDefault: boolean) => ({ accept: z.boolean().default(byDefault) });
const wait = z.number().int().nonnegative();

export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fail'),
    reason: z.union([z.number(), z.string()]),
    ...aim,
    ...taken(false),
  }),
  z.strictObject({
    kind: z.literal('http'),
    status: z.number().int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    /** Default: an HTML page, as proxies answer. */
    body: z.string().optional(),
    ...aim,
    ...taken(false),
  }),
  /** 200 and not a byte. */
  z.strictObject({ kind: z.literal('empty_body'), ...aim, ...taken(true) }),
  /** A whole HTTP response whose JSON breaks off. */
  z.strictObject({ kind: z.literal('truncated_json'), ...aim, ...taken(true) }),
  z.strictObject({ kind: z.literal('huge_body'), bytes: wait.default(32 * 2 ** 20), ...aim, ...taken(true) }),
  /** JSON that is neither OK nor FAIL. */
  z.strictObject({ kind: z.literal('odd_json'), json: z.unknown().optional(), ...aim, ...taken(false) }),
  z.strictObject({
    kind: z.literal('hang'),
    when: z.enum(['before_headers', 'after_headers']).default('before_headers'),
    ...aim,
    ...taken(false),
  }),
  /** TCP reset. Before reading nobody knows the recipient and the texts, so `to` and `text` do not fit. */
  z
    .strictObject({ kind: z.literal('reset_before_reading'), ...aim })
    .refine((fault) => fault.to === undefined, { error: 'to is not known before reading', path: ['to'] })
    .refine((fault) => fault.text === undefined, {
      error: 'text is not known before reading',
      path: ['text'],
    }),
  z.strictObject({ kind: z.literal('reset_after_reading'), ...aim }),
  z.strictObject({ kind: z.literal('reset_after_accepting'), ...aim }),
  z.strictObject({ kind: z.literal('reset_mid_response'), ...aim, ...taken(true) }),
  /** Taken, then the connection is closed in good order without a byte of answer. */
  z.strictObject({ kind: z.literal('lose_reply'), ...aim }),
  z.strictObject({
    kind: z.literal('slow'),
    latencyMs: wait,
    /** `before_accepting`: taken only after the wait, even when the caller is gone by then. */
    when: z.enum(['before_accepting', 'after_accepting']).default('after_accepting'),
    ...aim,
  }),
  /** Taken and answered OK; then it fails, and callbacks say so. */
  z.strictObject({
    kind: z.literal('undeliverable'),
    code: z.union([z.number().int(), z.string().min(1)]).default(7),
    ...aim,
  }),
]);

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema>;

/** Whether a request that meets this fault is handled as usual before the fault spoils the answer. */
export function takesMessage(fault: Fault): boolean {
  if ('accept' in fault) return fault.accept;
  return fault.kind !== 'reset_before_reading' && fault.kind !== 'reset_after_reading';
}
