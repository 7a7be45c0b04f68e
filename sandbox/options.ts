import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../src/domain/time.js';
import { faultSchema } from './faults/fault.js';
import { faultsInWords, inputWords } from './input-words.js';
import { SandboxError } from './sandbox-error.js';

const patternSchema = z.string().min(1).refine(isPattern, { error: 'is not a regular expression' });
const probability = z.number().min(0).max(1);
const durationMs = z.number().int().nonnegative();

/** A range that one of the sandbox's delays is drawn from, both ends included. */
const rangeSchema = (min: number, max: number) =>
  z
    .strictObject({ min: durationMs, max: durationMs })
    .refine((range) => range.min <= range.max, { error: 'min must not be above max' })
    .prefault({ min, max });

/**
 * Where an account's callbacks go. An account that asks by /setWebhook has all three flags off, as the provider
 * documents; one that is given here wants its callbacks, so `system` and `readStatus` are on.
 */
export const webhookSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  system: z.union([z.literal(0), z.literal(1)]).default(1),
  readStatus: z.union([z.literal(0), z.literal(1)]).default(1),
  retry: z.union([z.literal(0), z.literal(1)]).default(0),
  /** Kept and told again; nobody is called. */
  systemPhoneAlert: z.string().default(''),
});

export const accountSchema = z.strictObject({
  from: z.string().regex(/^\d{8,15}$/, { error: 'expected 8-15 digits without +' }),
  apiKey: z.string().min(1),
});

const callbacksSchema = z.strictObject({
  /** false: a message's receipts come only when `receipt` makes them. */
  automatic: z.boolean().default(true),
  /** From acceptance to `sent`, from `sent` to `delivered`, from `delivered` to `read`. */
  sentMs: rangeSchema(10, 50),
  deliveredMs: rangeSchema(20, 150),
  readMs: rangeSchema(100, 500),
  readProbability: probability.default(0.7),
  /** A message that is read at once may never be reported delivered. */
  skipDeliveredProbability: probability.default(0),
  failProbability: probability.default(0),
  /** How a failure is told: by an ack, a system message, or both in either order. */
  failureForm: z.enum(['update', 'system', 'both']).default('both'),
  /** The system message's `messageUpdate`: a code, or text such as `131026: Message undeliverable`. */
  failureCode: z.union([z.number().int(), z.string().min(1)]).default(7),
  /** The ack that stands for a failure. */
  failureAck: z.union([z.literal(0), z.literal(-1)]).default(0),
  /** An ack 0 comes before `sent`, as from a provider whose 0 means "not sent yet". */
  pendingProbability: probability.default(0),
  /** A message that was read is reported played (ack 4) instead. */
  playedProbability: probability.default(0),
  lossProbability: probability.default(0),
  duplicateProbability: probability.default(0),
  /** Swaps a receipt with the next one of its message. Without it, one conversation's callbacks come in order. */
  reorderProbability: probability.default(0),
  /** `sent` is posted, and answered, before the send call's own response. */
  earlyProbability: probability.default(0),
  /** What the callbacks call themselves; null: nothing. The body is JSON all the same. */
  contentType: z.string().min(1).max(200).nullable().default('application/json'),
  /** As a proxy in between may pack them. */
  contentEncoding: z.enum(['identity', 'gzip', 'deflate', 'br']).default('identity'),
  /** How far the clock that stamps the callbacks is ahead; less than 0: behind. */
  clockAheadMs: z.number().int().default(0),
  timeoutMs: durationMs.default(5 * SECOND),
  connections: z.number().int().positive().default(64),
  retryScheduleMs: z.array(durationMs).default([0, 5 * MINUTE, 20 * MINUTE, HOUR, 4 * HOUR, DAY]),
  /** Multiplies the retry schedule: 0.001 makes five minutes 300 ms. */
  retryTimeFactor: z.number().nonnegative().default(1),
});

const filesSchema = z.strictObject({
  /** Certificate authority (PEM) to trust beside none of the system's: for tests. */
  ca: z.string().optional(),
  timeoutMs: durationMs.default(10 * SECOND),
});

/** Texts that a firewall was seen to refuse, as regular expressions: it takes them for SQL. */
const SQL = [
  String.raw`^\s*select\s`,
  String.raw`\bselect\b[^]*\bfrom\b`,
  String.raw`\bunion\s+(?:all\s+)?select\b`,
];

const firewallSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** What it answers, with an HTML page. */
  status: z.number().int().min(300).max(499).default(403),
  patterns: z.array(patternSchema).min(1).default(SQL),
});

const autoReplySchema = z.strictObject({
  text: z.string().min(1).default('Thank you'),
  afterMs: rangeSchema(200, 1000),
  probability: probability.default(1),
});

const optionsSchema = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** 0 = any free port. */
  port: z.number().int().min(0).max(65_535).default(0),
  basePath: z
    .string()
    .regex(/^(\/[\w-]+)+$/)
    .default('/whatsapp/v2'),
  accounts: z
    .array(accountSchema)
    .min(1)
    .default([{ from: '972771234567', apiKey: 'sandbox-key' }]),
  /** For every account, until it calls /setWebhook. */
  webhook: webhookSchema.optional(),
  /** Of everything that is drawn; without one, each start has its own. */
  seed: z.number().int().nonnegative().max(0xffff_ffff).optional(),
  latencyMs: rangeSchema(0, 0),
  /** On top of that where the provider is to store the file first. */
  localStorageMs: rangeSchema(0, 0),
  /** Links to these hosts are taken, and the message fails later unless the provider stores the file first. */
  unreachableHosts: z.array(z.string().min(1)).default([]),
  /** Taken, and failed later: links to pages that show a file, and to files that WhatsApp does not take. */
  failUnusableLinks: z.boolean().default(true),
  /** WhatsApp shows no caption under audio: the history and `accepted` have none. */
  audioCaptions: z.enum(['dropped', 'kept']).default('dropped'),
  /** Refuses template variables that are empty or hold line breaks, tabs or more than four spaces in a row. */
  strictVariables: z.boolean().default(true),
  /** Every client counts as having written just now, unless `windowLeft` says otherwise. */
  windowsOpen: z.boolean().default(false),
  /** How callbacks and history tell numbers that have two spellings on WhatsApp: by its own, or as they were given. */
  spelling: z.enum(['whatsapp', 'given']).default('whatsapp'),
  uniqueForm: z.enum(['hex', 'base64']).default('hex'),
  /** In front of the API: it answers some texts itself. */
  firewall: firewallSchema.prefault({}),
  /** HTTP status of a FAIL. */
  failHttpStatus: z.number().int().min(200).max(599).default(200),
  /** For files and templates that the provider would refuse in a way that its document does not list. */
  unlistedReason: z.number().int().default(9),
  fetchFiles: z.boolean().default(false),
  files: filesSchema.prefault({}),
  /** How long an outgoing message takes to show in Get History. */
  historyLagMs: durationMs.default(0),
  /** What Get History shows of a file: its caption (its link when it has none), or always its link. */
  historyFileMessage: z.enum(['caption', 'link']).default('caption'),
  /** How Get History writes a text: without blanks at its ends, with plain line ends and composed letters, or as it came. */
  historyText: z.enum(['trimmed', 'raw']).default('trimmed'),
  callbacks: callbacksSchema.prefault({}),
  autoReply: autoReplySchema.optional(),
  faults: z.array(faultSchema).default([]),
  /** false: counters, the last messages and the last conversations only, so that a load test's memory is bounded. */
  keepRequests: z.boolean().default(true),
  keptMessages: z.number().int().positive().default(10_000),
  keptConversations: z.number().int().positive().default(100_000),
});

/** What may be given, as an object or as JSON; everything has a default. */
export type SandboxOptionsInput = z.input<typeof optionsSchema>;
export type SandboxOptions = z.output<typeof optionsSchema>;
export type FirewallOptions = SandboxOptions['firewall'];
export type CallbackOptions = SandboxOptions['callbacks'];
export type Webhook = z.output<typeof webhookSchema>;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'iu').source !== '';
  } catch {
    return false;
  }
}

/** Fills in the defaults. Throws a SandboxError `invalid_options` that names every field that is wrong. */
export function parseSandboxOptions(input: unknown): SandboxOptions {
  const parsed = optionsSchema.safeParse(input ?? {}, { error: inputWords });
  if (parsed.success) return parsed.data;
  throw new SandboxError('invalid_options', `The sandbox’s options: ${faultsInWords(parsed.error)}`);
}
