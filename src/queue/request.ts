import { z } from 'zod';
import {
  type AccountTemplate,
  CLOSED_WINDOW_POLICIES,
  type ClosedWindowPolicy,
  UNKNOWN_POLICIES,
} from '../domain/account.js';
import { type Delivery, PRIORITIES } from '../domain/delivery.js';
import { isPrivateHost, linkExpiresAt, parseFileLink } from '../domain/file-link.js';
import { checkFileSize, FILE_RULES, MEDIA_TYPES } from '../domain/media.js';
import { parseRecipient } from '../domain/recipient.js';
import { TEMPLATE_VARIABLES_LIMIT, templateProblem } from '../domain/template.js';
import { DAY } from '../domain/time.js';
import type { ValidationFault } from '../errors.js';
import { faultsOf } from './faults.js';
import { flag, instant, object, oneOf, required, strings, text, whole } from './request-fields.js';

export const DELIVERY_ID = /^[A-Za-z0-9._~-]{1,128}$/;
const ID_FORM = { error: 'must be a string of 1 to 128 characters out of A-Z a-z 0-9 . _ ~ -' };

/** In characters; as WhatsApp has it. */
const CAPTION_LIMIT = 1024;

const template = object({
  name: text(1, 512),
  language: whole(1, 99).optional(),
  variables: z
    .array(text(0, 1024), { error: 'must be an array of strings' })
    .max(TEMPLATE_VARIABLES_LIMIT, {
      error: `must be an array of at most ${TEMPLATE_VARIABLES_LIMIT} strings`,
    })
    .readonly()
    .default([]),
}).transform(
  ({ language, ...rest }): AccountTemplate => (language === undefined ? rest : { ...rest, language }),
);

/** A delivery's request as JSON; what the fields mean together is checked after it. */
export const requestSchema = object({
  id: z.string(ID_FORM).regex(DELIVERY_ID, ID_FORM).optional(),
  from: text(1, 64).optional(),
  to: required('give the number with its country code, for example "972501234567"'),
  fileUrl: required('give an https link to the file'),
  mediaType: oneOf(MEDIA_TYPES).optional(),
  caption: text(0, CAPTION_LIMIT).optional(),
  replyTo: text(1, 512).optional(),
  localStorage: flag.optional(),
  showRequest: flag.optional(),
  fileSizeBytes: whole(1, Number.MAX_SAFE_INTEGER).optional(),
  sendAt: instant.optional(),
  expiresAt: instant.optional(),
  priority: oneOf(PRIORITIES).optional(),
  strictOrder: flag.optional(),
  onClosedWindow: oneOf(CLOSED_WINDOW_POLICIES).optional(),
  onUnknown: oneOf(UNKNOWN_POLICIES).optional(),
  template: template.optional(),
  metadata: strings({ fields: 16, name: 64, value: 256 }).optional(),
});

/** What an app gives: `requestSchema` before its defaults. */
export type DeliveryRequest = z.input<typeof requestSchema>;

export type RequestContext = {
  readonly id: string;
  readonly from: string;
  /** When it was asked for, epoch milliseconds: the default of `sendAt`, and where `expiresAt` counts from. */
  readonly askedAt: number;
  readonly sendAt?: number;
  readonly account: {
    readonly onClosedWindow: ClosedWindowPolicy;
    readonly template: AccountTemplate | null;
  };
};

/** The warning of a link that expires before the delivery does. */
export const LINK_ENDS_EARLY = 'the link stops working before expiresAt';

export type Warning = { readonly pointer: string; readonly detail: string };

export type ParsedRequest =
  | { readonly ok: true; readonly delivery: Delivery; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly errors: readonly ValidationFault[] };

type Shape = z.output<typeof requestSchema>;

/** Reads a request from anybody: our own library, HTTP, or another BullMQ client's job. */
export function parseRequest(input: unknown, context: RequestContext): ParsedRequest {
  const shape = requestSchema.safeParse(input);
  if (!shape.success) return { ok: false, errors: faultsOf(shape.error.issues) };
  const request = shape.data;
  const recipient = parseRecipient(request.to);
  const link = parseFileLink(request.fileUrl, request.mediaType);
  const sendAt = request.sendAt ?? context.sendAt ?? context.askedAt;
  const expiresAt = request.expiresAt ?? sendAt + DAY;
  const errors: ValidationFault[] = [];
  if (!recipient.ok) errors.push({ pointer: '/to', detail: recipient.detail });
  if (!link.ok) errors.push({ pointer: '/fileUrl', detail: link.detail });
  if (expiresAt <= sendAt) {
    errors.push({
      pointer: '/expiresAt',
      detail: 'must be later than sendAt, or than now where that is absent',
    });
  }
  if (!recipient.ok || !link.ok || errors.length > 0) return { ok: false, errors };
  const { id, from } = context;
  const settled = { id, from, to: recipient.recipient, mediaType: link.mediaType, sendAt, expiresAt };
  return checkTogether({ request, delivery: toDelivery(request, settled), url: link.url, context });
}

type Settled = Pick<Delivery, 'id' | 'from' | 'to' | 'mediaType' | 'sendAt' | 'expiresAt'>;

/** Spelled out: put together out of another object's fields, each would take ten times the memory. */
function toDelivery(request: Shape, settled: Settled): Delivery {
  return {
    id: settled.id,
    from: settled.from,
    to: settled.to,
    fileUrl: request.fileUrl,
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

type Together = {
  readonly request: Shape;
  readonly delivery: Delivery;
  readonly url: URL;
  readonly context: RequestContext;
};

function checkTogether(together: Together): ParsedRequest {
  const { request, delivery, context } = together;
  const errors: ValidationFault[] = [];
  const size = sizeOf(together);
  if (size === 'too_large') {
    errors.push({
      pointer: '/fileSizeBytes',
      detail: `is over the limit of ${limitOf(delivery)}: send a smaller file`,
    });
  }
  const policy = request.onClosedWindow ?? context.account.onClosedWindow;
  const problem = templateProblem(request.template ?? context.account.template, delivery);
  if (policy === 'template' && problem !== null) errors.push({ pointer: '/onClosedWindow', detail: problem });
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    delivery,
    // A worker, which reads each request again, tells nobody of them.
    get warnings() {
      return warningsOf(together);
    },
  };
}

function sizeOf({ request, delivery }: Together) {
  const { fileSizeBytes } = request;
  return fileSizeBytes === undefined ? 'fits' : checkFileSize(delivery.mediaType, fileSizeBytes);
}

function limitOf({ mediaType }: Delivery): string {
  return `${FILE_RULES[mediaType].maxMegabytes} MB for ${mediaType}`;
}

/** What will be sent as it stands, though somebody should know. */
function warningsOf(together: Together): readonly Warning[] {
  const { delivery, url } = together;
  const warnings: Warning[] = [];
  if (sizeOf(together) === 'close_to_limit') {
    warnings.push({ pointer: '/fileSizeBytes', detail: `is close to the limit of ${limitOf(delivery)}` });
  }
  if ((delivery.caption ?? '').length > CAPTION_LIMIT) {
    const detail = `is over ${CAPTION_LIMIT} characters where emoji count as two: it may be refused`;
    warnings.push({ pointer: '/caption', detail });
  }
  if ((linkExpiresAt(url) ?? delivery.expiresAt) < delivery.expiresAt) {
    warnings.push({ pointer: '/fileUrl', detail: LINK_ENDS_EARLY });
  }
  if (isPrivateHost(url)) {
    warnings.push({ pointer: '/fileUrl', detail: 'the host looks private: the provider may not reach it' });
  }
  return warnings;
}
