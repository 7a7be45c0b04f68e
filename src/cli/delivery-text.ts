import { maskUrl } from '../domain/mask.js';
import { failureInWords, foundInWords, reasonInWords, statusInWords } from '../domain/reason-words.js';
import { SESSION_MS } from '../domain/session.js';
import type { Status } from '../domain/status.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import { doubtOf } from './doubt-text.js';
import { type Paint, plain } from './output.js';
import { formatTime, formatWhen } from './times.js';

/** How a delivery is told: at which time, and in which colours. */
export type Telling = { readonly now: number; readonly paint: Paint };

/** A delivery for people: where it is and why, the facts around it, and its timeline. */
export function deliveryText(view: DeliveryView, telling: Telling): string[] {
  const { paint } = telling;
  const facts = factsOf(view, telling.now).map(([name, fact]) => `  ${paint.faint(name.padEnd(9))} ${fact}`);
  return [headline(view, paint), ...facts, '', ...timelineText(view, paint)];
}

export function headline({ id, status, reason, failureCode }: DeliveryView, paint: Paint): string {
  const why = status === 'failed' && failureCode !== null ? failureInWords(failureCode) : null;
  const words = why === null ? statusInWords(status, reason) : `${status}: ${why}`;
  return `${paint.strong(id)}  ${paintStatus(status, paint)(words)}`;
}

type Fact = readonly [name: string, fact: string];

function factsOf(view: DeliveryView, now: number): readonly Fact[] {
  const facts: (Fact | null)[] = [
    ['to', view.to],
    fileOf(view.request),
    ['window', windowOf(view, now)],
    ['session', sessionOf(view, now)],
    view.ahead === null || view.ahead === 0 ? null : ['lane', `${view.ahead} before it`],
    (view.notBefore ?? 0) > now ? ['next try', formatWhen(view.notBefore ?? now, now)] : null,
    view.sendAt > now ? ['send at', formatWhen(view.sendAt, now)] : null,
    view.acceptedAt === null ? ['expires', formatWhen(view.expiresAt, now)] : null,
    view.acceptedAt === null ? null : ['accepted', `${formatTime(view.acceptedAt)} by the provider’s clock`],
    view.unique === null ? null : ['unique', plain(view.unique)],
    ...doubtOf(view, now),
    view.resendOf === null ? null : ['made of', view.resendOf],
    view.resentAs === null ? null : ['made anew', `as ${view.resentAs}`],
    view.receiptsConflict ? ['conflict', 'reported both failed and delivered'] : null,
    ...view.errors.map(({ pointer, detail }): Fact => ['invalid', plain(`${pointer} ${detail}`)]),
  ];
  return facts.filter((fact) => fact !== null);
}

/** Without its query: that may be a signature, which opens the file to whoever reads it. */
function fileOf(request: unknown): Fact | null {
  if (typeof request !== 'object' || request === null || !('fileUrl' in request)) return null;
  return ['file', plain(maskUrl(String(request.fileUrl)))];
}

function windowOf({ window: { closesAt } }: DeliveryView, now: number): string {
  if (closesAt === null) return 'not known: the provider decides';
  return closesAt > now
    ? `open until ${formatWhen(closesAt, now)}`
    : `closed since ${formatWhen(closesAt, now)}`;
}

function sessionOf({ session: { openedAt } }: DeliveryView, now: number): string {
  if (openedAt === null || openedAt + SESSION_MS <= now) return 'none: the next message opens one';
  return `open until ${formatWhen(openedAt + SESSION_MS, now)}`;
}

/** Statuses, attempts and readings of the history in the order in which they came. */
export function timelineText({ timeline, attempts, asked }: DeliveryView, paint: Paint): string[] {
  const moves = timeline.map(({ at, status, reason }) => ({
    at,
    text: `${paintStatus(status, paint)(status.padEnd(9))} ${reasonInWords(reason)}`,
  }));
  const tries = attempts.map((attempt) => ({ at: attempt.at, text: paint.faint(attemptText(attempt)) }));
  // An attempt is noted just before the status that it led to; the sort is stable.
  const readings = asked.map(({ at, found }) => ({
    at,
    text: paint.faint(`history: ${foundInWords(found)}`),
  }));
  return [...tries, ...moves, ...readings]
    .sort((one, other) => one.at - other.at)
    .map(({ at, text }) => `  ${paint.faint(formatTime(at))}  ${text}`.trimEnd());
}

/** The detail tells what the reason means in its own words; where there is none, ours do. */
function attemptText({ number, send, outcome, reason, detail }: DeliveryView['attempts'][number]): string {
  const name = /^\d+$/.test(reason) ? `FAIL ${reason}` : plain(reason).replaceAll('_', ' ');
  const why = detail === '' ? reasonInWords(reason) : `${name}: ${plain(detail)}`;
  return `attempt ${number} (${send}): ${outcome ?? 'no outcome'}${why === '' ? '' : `, ${why}`}`;
}

export function paintStatus(status: Status, paint: Paint): (text: string) => string {
  if (['accepted', 'sent', 'delivered', 'read'].includes(status)) return paint.good;
  return ['failed', 'expired'].includes(status) ? paint.bad : paint.pending;
}

/** The same for programs: all that is known but for what stands in a link's query. */
export function deliveryJson(view: DeliveryView): Readonly<Record<string, unknown>> {
  const { request, originalRequest, ...rest } = view;
  return {
    ...rest,
    request: withoutQuery(request),
    originalRequest: originalRequest === null ? null : cutQueries(originalRequest),
  };
}

function withoutQuery(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('fileUrl' in request)) return request;
  return { ...request, fileUrl: cutQueries(String(request.fileUrl)) };
}

/** In links only: a caption may well ask a question. */
function cutQueries(text: string): string {
  return text.replace(/(https?:\\?\/\\?\/[^\s"<>?#]*)[?#][^\s"<>]*/g, '$1');
}
