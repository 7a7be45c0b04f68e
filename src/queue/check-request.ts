import type { AccountTemplate, ClosedWindowPolicy } from '../domain/account.js';
import { hasReplacement } from '../domain/characters.js';
import {
  isPrivateHost,
  linkExpiresAt,
  parseFileLink,
  parseUntypedLink,
  trimLink,
} from '../domain/file-link.js';
import { checkFileSize, FILE_RULES, type MediaType } from '../domain/media.js';
import type { Country } from '../domain/phone-number.js';
import { parseRecipient } from '../domain/recipient.js';
import { sharePageWords } from '../domain/share-page.js';
import { templateFaults } from '../domain/template.js';
import { DAY } from '../domain/time.js';
import type { ValidationFault } from '../errors.js';

/** A request's fields that have a rule beyond their own form; each may be absent, or left out since it is wrong. */
export type RuledFields = {
  readonly to?: string | undefined;
  readonly fileUrl?: string | undefined;
  readonly mediaType?: MediaType | null | undefined;
  readonly caption?: string | null | undefined;
  readonly fileSizeBytes?: number | null | undefined;
  readonly sendAt?: number | null | undefined;
  readonly expiresAt?: number | null | undefined;
  readonly onClosedWindow?: ClosedWindowPolicy | null | undefined;
  readonly template?: AccountTemplate | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
};

/** What of an account a request is held against. */
export type AccountPolicy = {
  readonly onClosedWindow: ClosedWindowPolicy;
  readonly template: AccountTemplate | null;
  readonly country?: Country | null;
};

export type CheckContext = {
  readonly askedAt: number;
  readonly sendAt?: number;
  readonly endsAfter?: number;
  readonly account: AccountPolicy;
  /** Fields that are left out since they are wrong by themselves: nothing is concluded from their absence. */
  readonly isFaulty?: (name: keyof RuledFields) => boolean;
};

type Link = { readonly url: URL; readonly mediaType: MediaType };

/** What the fields come to, and what is wrong with them; null: that, or absent. */
export type Checked = {
  readonly recipient: string | null;
  /** What the recipient was read as, where its digits were changed. */
  readonly recipientWarning: string | undefined;
  readonly link: Link | null;
  readonly sendAt: number;
  readonly expiresAt: number;
  readonly faults: readonly ValidationFault[];
};

/** The longest caption, in characters; as WhatsApp has it. */
export const CAPTION_LIMIT = 1024;

/** Holds the fields of a request against the rules for recipients, links, times, sizes and templates. */
export function checkFields(given: RuledFields, context: CheckContext): Checked {
  const faults: ValidationFault[] = [];
  const recipient = checkRecipient(given, context, faults);
  const link = checkLink(given, context, faults);
  const sendAt = given.sendAt ?? context.sendAt ?? context.askedAt;
  const expiresAt = given.expiresAt ?? sendAt + DAY;
  checkTimes({ sendAt, expiresAt }, context, faults);
  checkSize(given, link, faults);
  checkTemplate(given, { context, link }, faults);
  return {
    recipient: recipient?.recipient ?? null,
    recipientWarning: recipient?.warning,
    link,
    sendAt,
    expiresAt,
    faults,
  };
}

function checkRecipient({ to }: RuledFields, { account }: CheckContext, faults: ValidationFault[]) {
  if (to === undefined) return null;
  const parsed = parseRecipient(to, account.country);
  if (parsed.ok) return parsed;
  faults.push({ pointer: '/to', detail: parsed.detail });
  return null;
}

function checkLink(
  { fileUrl, mediaType }: RuledFields,
  { isFaulty }: CheckContext,
  faults: ValidationFault[],
): Link | null {
  if (fileUrl === undefined) return null;
  const text = trimLink(fileUrl);
  // What kind of file it is goes by both: of a type that is wrong itself nothing follows.
  const isUntyped = isFaulty?.('mediaType') === true;
  const link = isUntyped ? parseUntypedLink(text) : parseFileLink(text, mediaType ?? undefined);
  if (!link.ok) faults.push({ pointer: '/fileUrl', detail: link.detail });
  return link.ok && link.mediaType !== undefined ? link : null;
}

type Times = Pick<Checked, 'sendAt' | 'expiresAt'>;

function checkTimes({ sendAt, expiresAt }: Times, context: CheckContext, faults: ValidationFault[]): void {
  const { isFaulty, endsAfter = Number.NEGATIVE_INFINITY } = context;
  if (isFaulty?.('expiresAt') === true) return;
  if (isFaulty?.('sendAt') !== true && expiresAt <= sendAt) {
    const detail = 'must be later than sendAt, or than now where that is absent';
    faults.push({ pointer: '/expiresAt', detail });
  } else if (expiresAt <= endsAfter) {
    faults.push({
      pointer: '/expiresAt',
      detail: 'is in the past: it could never be sent, give a later time',
    });
  }
}

function checkSize(given: RuledFields, link: Link | null, faults: ValidationFault[]): void {
  if (link === null || sizeOf(given, link) !== 'too_large') return;
  const detail = `is over the limit of ${limitOf(link)}: send a smaller file`;
  faults.push({ pointer: '/fileSizeBytes', detail });
}

function sizeOf({ fileSizeBytes }: RuledFields, { mediaType }: Link) {
  return (fileSizeBytes ?? null) === null ? 'fits' : checkFileSize(mediaType, Number(fileSizeBytes));
}

function limitOf({ mediaType }: Link): string {
  return `${FILE_RULES[mediaType].maxMegabytes} MB for ${mediaType}`;
}

/** What a template is filled with; while one of these is wrong, what it comes to is not known. */
const TEMPLATE_FIELDS = ['onClosedWindow', 'template', 'caption', 'metadata'] as const;

function checkTemplate(
  given: RuledFields,
  { context, link }: { readonly context: CheckContext; readonly link: Link | null },
  faults: ValidationFault[],
): void {
  const { account, isFaulty } = context;
  if ((given.onClosedWindow ?? account.onClosedWindow) !== 'template') return;
  if (isFaulty !== undefined && TEMPLATE_FIELDS.some(isFaulty)) return;
  const { caption = null, metadata, template } = given;
  const use = {
    template: template ?? account.template,
    isOwn: (template ?? null) !== null,
    mediaType: link?.mediaType ?? null,
    caption,
    metadata: metadata ?? {},
  };
  faults.push(...templateFaults(use));
}

/** What may surprise the sender of a request that was taken. */
export type Warning = {
  /** JSON pointer (RFC 6901) into the request. */
  readonly pointer: string;
  /** What it is, for people. */
  readonly detail: string;
};

/** The warning of a link that expires before the delivery does. */
export const LINK_ENDS_EARLY = 'the link stops working before expiresAt';

/** What will be sent as it stands, though somebody should know. */
export function warningsOf(
  given: RuledFields,
  { url, mediaType, expiresAt, recipientWarning }: Link & Pick<Checked, 'expiresAt' | 'recipientWarning'>,
): readonly Warning[] {
  const warnings: Warning[] =
    recipientWarning === undefined ? [] : [{ pointer: '/to', detail: recipientWarning }];
  if (sizeOf(given, { url, mediaType }) === 'close_to_limit') {
    const detail = `is close to the limit of ${limitOf({ url, mediaType })}`;
    warnings.push({ pointer: '/fileSizeBytes', detail });
  }
  const link = (detail: string) => warnings.push({ pointer: '/fileUrl', detail });
  warnings.push(
    ...captionWords(given.caption ?? '', mediaType).map((detail) => ({ pointer: '/caption', detail })),
  );
  if (trimLink(given.fileUrl ?? '') !== given.fileUrl) link('the white space around the link was removed');
  if ((linkExpiresAt(url) ?? expiresAt) < expiresAt) link(LINK_ENDS_EARLY);
  if (isPrivateHost(url)) link('the host looks private: the provider may not reach it');
  const page = sharePageWords(url);
  if (page !== null) link(page);
  return warnings;
}

function captionWords(caption: string, mediaType: MediaType): readonly string[] {
  const tooLong = `is over ${CAPTION_LIMIT} characters where emoji count as two: it may be refused`;
  return [
    ...(caption.length > CAPTION_LIMIT ? [tooLong] : []),
    ...(caption !== '' && mediaType === 'audio'
      ? ['is not shown: WhatsApp has no captions under audio']
      : []),
    ...(hasReplacement(caption)
      ? ['holds �: the text was read in a wrong encoding before it came here']
      : []),
  ];
}
