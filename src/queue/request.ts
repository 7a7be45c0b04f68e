import { z } from 'zod';
import { type AccountTemplate, CLOSED_WINDOW_POLICIES, UNKNOWN_POLICIES } from '../domain/account.js';
import { type Delivery, PRIORITIES } from '../domain/delivery.js';
import { LINK_LIMIT } from '../domain/file-link.js';
import { MEDIA_TYPES } from '../domain/media.js';
import { TEMPLATE_VARIABLES_LIMIT } from '../domain/template.js';
import type { ValidationFault } from '../errors.js';
import { type AccountPolicy, CAPTION_LIMIT, checkFields, type Warning, warningsOf } from './check-request.js';
import { faultsOf } from './faults.js';
import {
  flag,
  instant,
  object,
  oneOf,
  orEmptyArray,
  orEmptyObject,
  required,
  strings,
  text,
  whole,
} from './request-fields.js';

/** What begins with `j~` is made of a BullMQ job's own id. */
export const DELIVERY_ID = /^(?!j~)[A-Za-z0-9._~-]{1,128}$/;
const ID_FORM = {
  error: 'must be a string of 1 to 128 characters out of A-Z a-z 0-9 . _ ~ -, and not begin with j~',
};

/** `toLocaleString` would load the words of all languages, which takes longer than the rest of the schema. */
const count = (characters: number): string => String(characters).replace(/\B(?=(?:\d{3})+$)/g, ',');

const template = orEmptyArray(
  object({
    name: text(1, 512).describe('The template’s name at the provider.'),
    language: whole(1, 99).nullish().describe('The provider’s number of the language.'),
    variables: orEmptyObject(
      z
        .array(text(0, 1024), { error: 'must be an array of strings' })
        .max(TEMPLATE_VARIABLES_LIMIT, {
          error: `must be an array of at most ${TEMPLATE_VARIABLES_LIMIT} strings`,
        })
        .readonly(),
    )
      .nullish()
      .describe(
        `The body variables in order, at most ${TEMPLATE_VARIABLES_LIMIT}. \`{caption}\` and \`{metadata.<name>}\` are filled in from the request.`,
      ),
  }).transform(
    ({ name, language, variables }): AccountTemplate => ({
      name,
      variables: variables ?? [],
      ...((language ?? null) === null ? {} : { language: Number(language) }),
    }),
  ),
);

/**
 * A delivery's request as JSON; what the fields mean together is checked after it. The descriptions are the reference of the
 * OpenAPI document, of `DeliveryRequest` and of docs/library.md: `npm run reference` carries them there.
 */
export const requestSchema = object({
  id: z
    .string(ID_FORM)
    .regex(DELIVERY_ID, ID_FORM)
    .nullish()
    .describe(
      'Your id for the delivery, unique in its account: the same id again is the same delivery. 1 to 128 characters out of `A-Z a-z 0-9 . _ ~ -`, not beginning with `j~`. Default: one is made.',
    ),
  from: text(1, 64)
    .nullish()
    .describe('The account, by number or name. Only an HTTP key for a single account may leave it out.'),
  to: required('give the number with its country code, for example "972501234567"').describe(
    'The client: a number with its country code, or a `from_id`.',
  ),
  fileUrl: required('give an https link to the file').meta({
    maxLength: LINK_LIMIT,
    description: `An https link to the file, at most ${count(LINK_LIMIT)} characters once it is percent-encoded.`,
  }),
  mediaType: oneOf(MEDIA_TYPES)
    .nullish()
    .describe('What the file is. Needed where the link’s path does not end in a supported extension.'),
  caption: text(0, CAPTION_LIMIT)
    .nullish()
    .describe(
      `Text under the file, at most ${count(CAPTION_LIMIT)} characters. WhatsApp shows none under audio.`,
    ),
  replyTo: text(1, 512).nullish().describe('The `unique` of the message to quote, at most 512 characters.'),
  localStorage: flag
    .nullish()
    .describe('The provider downloads the file first: for links that WhatsApp cannot reach. Default: false.'),
  showRequest: flag
    .nullish()
    .describe('Keeps the provider’s account of the request with the delivery. Default: false.'),
  fileSizeBytes: whole(1, Number.MAX_SAFE_INTEGER)
    .nullish()
    .describe('The file’s size in bytes, if you know it: it is checked against the limit of its media type.'),
  sendAt: instant
    .nullish()
    .describe(
      'The delivery is not sent before this time: ISO 8601 with zone, or epoch milliseconds. Default: now.',
    ),
  expiresAt: instant
    .nullish()
    .describe(
      'The delivery is not sent after this time: ISO 8601 with zone, or epoch milliseconds. Default: 24 hours after `sendAt`.',
    ),
  priority: oneOf(PRIORITIES)
    .nullish()
    .describe('Which conversations go first. Inside one, deliveries keep their order. Default: `normal`.'),
  strictOrder: flag
    .nullish()
    .describe(
      'Later deliveries of the conversation wait while this one is scheduled or held. Default: false.',
    ),
  onClosedWindow: oneOf(CLOSED_WINDOW_POLICIES)
    .nullish()
    .describe('What to do outside the customer window. Default: as the account says.'),
  onUnknown: oneOf(UNKNOWN_POLICIES)
    .nullish()
    .describe('What to do when it is unclear whether the file was sent. Default: as the account says.'),
  template: template
    .nullish()
    .describe(
      'For `onClosedWindow: template`. It carries the file in its header, which audio cannot. Default: the account’s.',
    ),
  metadata: strings({ fields: 16, name: 64, value: 256 })
    .nullish()
    .describe(
      'Strings of yours that come back with the status and in events: at most 16 of 256 characters, with names of 64.',
    ),
});

export type RequestContext = {
  readonly id: string;
  readonly from: string;
  /** When it was asked for, epoch milliseconds: the default of `sendAt`, and where `expiresAt` counts from. */
  readonly askedAt: number;
  readonly sendAt?: number;
  /** An end that is not later has passed already; absent: that is not asked. */
  readonly endsAfter?: number;
  readonly account: AccountPolicy;
};

export type ParsedRequest =
  | { readonly ok: true; readonly delivery: Delivery; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly errors: readonly ValidationFault[] };

type Shape = z.output<typeof requestSchema>;

/**
 * Reads a request from anybody: our own library, HTTP, or another BullMQ client's job. Whatever is wrong with it is told
 * at once.
 */
export function parseRequest(input: unknown, context: RequestContext): ParsedRequest {
  const shape = requestSchema.safeParse(input);
  if (!shape.success) return { ok: false, errors: allFaults(input, faultsOf(shape.error.issues), context) };
  const request = shape.data;
  const checked = checkFields(request, context);
  const { recipient, recipientWarning, link, sendAt, expiresAt } = checked;
  if (recipient === null || link === null || checked.faults.length > 0) {
    return { ok: false, errors: checked.faults };
  }
  const { url, mediaType } = link;
  const { id, from } = context;
  return {
    ok: true,
    delivery: toDelivery(request, { id, from, to: recipient, url, mediaType, sendAt, expiresAt }),
    // A worker, which reads each request again, tells nobody of them.
    get warnings() {
      return warningsOf(request, { url, mediaType, expiresAt, recipientWarning });
    },
  };
}

const someFields = requestSchema.partial();

/** The faults of single fields, and those that the others have together. */
function allFaults(
  input: unknown,
  faults: readonly ValidationFault[],
  context: RequestContext,
): readonly ValidationFault[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return faults;
  const faulty = new Set(faults.map(({ pointer }) => pointer.split('/')[1] ?? ''));
  const isSound = ([name]: readonly [string, unknown]) =>
    !faulty.has(name) && Object.hasOwn(requestSchema.shape, name);
  const sound = someFields.safeParse(Object.fromEntries(Object.entries(input).filter(isSound)));
  if (!sound.success) return faults;
  return [...faults, ...checkFields(sound.data, { ...context, isFaulty: (name) => faulty.has(name) }).faults];
}

type Settled = Pick<Delivery, 'id' | 'from' | 'to' | 'mediaType' | 'sendAt' | 'expiresAt'> & {
  readonly url: URL;
};

/** Spelled out: put together out of another object's fields, each would take ten times the memory. */
function toDelivery(request: Shape, settled: Settled): Delivery {
  return {
    id: settled.id,
    from: settled.from,
    to: settled.to,
    fileUrl: settled.url.href,
    mediaType: settled.mediaType,
    caption: request.caption ?? null,
    replyTo: request.replyTo ?? null,
    localStorage: request.localStorage ?? false,
    showRequest: request.showRequest ?? false,
    sendAt: settled.sendAt,
    expiresAt: settled.expiresAt,
    priority: request.priority ?? 'normal',
    strictOrder: request.strictOrder ?? false,
    onClosedWindow: request.onClosedWindow ?? null,
    onUnknown: request.onUnknown ?? null,
    template: request.template ?? null,
    metadata: request.metadata ?? {},
  };
}
