import { asTold, type ExplainedDelivery } from '../app/client.js';
import { accountWords } from '../domain/explain/account-words.js';
import type { Explanation } from '../domain/explain/explain.js';
import { operatorsWord } from '../domain/explain/facts.js';
import { maskUrl } from '../domain/mask.js';
import { endInWords } from '../domain/reason-words.js';
import { SESSION_MS } from '../domain/session.js';
import { isEnded } from '../domain/status.js';
import { withoutQueries } from '../domain/without-queries.js';
import type { DeliveryView } from '../redis/delivery-view.js';
import { doubtOf } from './doubt-text.js';
import { type Paint, plain } from './output.js';
import { paintStatus, timelineText } from './timeline-text.js';
import { formatTime, formatWhen } from './times.js';

/** How a delivery is told: at which time, and in which colours. */
export type Telling = { readonly now: number; readonly paint: Paint };

/** A delivery for people: where it is and why, the facts around it, and its timeline. */
export function deliveryText({ view, explanation }: ExplainedDelivery, telling: Telling): string[] {
  const { now, paint } = telling;
  const facts = [...factsOf(view, now), ...troubleOf(explanation, view)];
  const told = facts.map(([name, fact]) => `  ${paint.faint(name.padEnd(9))} ${fact}`);
  return [headline(view, paint), ...told, '', ...timelineText(view, paint)];
}

/** What keeps its account from sending, while that still matters to it. */
function troubleOf(explanation: Explanation, { status }: DeliveryView): readonly Fact[] {
  if (isEnded(status)) return [];
  const words = accountWords(explanation, { now: explanation.now, time: formatTime });
  return words.map((sentence): Fact => ['account', plain(sentence)]);
}

export function headline(view: DeliveryView, paint: Paint): string {
  return `${paint.strong(view.id)}  ${paintStatus(view.status, paint)(plain(endInWords(view)))}`;
}

type Fact = readonly [name: string, fact: string];

function factsOf(view: DeliveryView, now: number): readonly Fact[] {
  const facts: (Fact | null)[] = [
    ['to', view.to],
    view.locked === null ? fileOf(view.request) : ['file', plain(view.locked)],
    ['window', windowOf(view, now)],
    ['session', sessionOf(view, now)],
    view.ahead === null || view.ahead === 0 ? null : ['lane', `${view.ahead} before it`],
    (view.notBefore ?? 0) > now ? ['next try', formatWhen(view.notBefore ?? now, now)] : null,
    view.sendAt > now ? ['send at', formatWhen(view.sendAt, now)] : null,
    view.acceptedAt === null ? ['expires', formatWhen(view.expiresAt, now)] : null,
    acceptedOf(view),
    view.unique === null ? null : ['unique', plain(view.unique)],
    ...doubtOf(view, now),
    view.resendOf === null ? null : ['made of', view.resendOf],
    view.resentAs === null ? null : ['made anew', `as ${view.resentAs}`],
    view.receiptsConflict ? ['conflict', 'reported both failed and delivered'] : null,
    ...view.errors.map(({ pointer, detail }): Fact => ['invalid', plain(`${pointer} ${detail}`)]),
  ];
  return facts.filter((fact) => fact !== null);
}

function acceptedOf({ acceptedAt, attempts }: DeliveryView): Fact | null {
  if (acceptedAt === null) return null;
  const stated = operatorsWord(attempts);
  if (stated === undefined) return ['accepted', `${formatTime(acceptedAt)} by the provider’s clock`];
  const who = stated.detail === '' ? '' : ` (${stated.detail})`;
  return ['accepted', plain(`by the word of an operator${who} at ${formatTime(stated.at)}`)];
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

/** The same for programs: all that is known but for what stands in a link's query. */
export function deliveryJson({ view, explanation }: ExplainedDelivery): Readonly<Record<string, unknown>> {
  const awaiting = explanation.delivery?.awaiting ?? null;
  return { ...asTold(withoutQueries(view)), awaiting, account: explanation.account };
}
