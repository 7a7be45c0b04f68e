import type { Account, AccountTemplate } from '../domain/account.js';
import type { Delivery, SendKind } from '../domain/delivery.js';
import type { Outcome } from '../domain/outcome.js';
import { fillVariables, TEMPLATE_HEADER_TYPES, templateFaults } from '../domain/template.js';
import { SECOND } from '../domain/time.js';
import type { ProviderClient } from '../provider/client.js';
import type { SendFileBody, SendTemplateBody } from '../provider/wire.js';
import type { Lock } from './locks.js';

/** A claim older than this must not be sent on: Redis or this process was away, and others may act by now. */
export const GUARD_MS = 2 * SECOND;
export const CONNECT_TIMEOUT_MS = 5 * SECOND;

export type SendTimeouts = {
  readonly sendMs: number;
  readonly localStorageMs: number;
  /** BullMQ's lock: until it ends, a worker that is cut off from Redis may not know. */
  readonly lockMs: number;
};

/** Time for what the clocks and the network round off. */
const MARGIN_MS = 5 * SECOND;

/** The whole attempt, connecting included. */
export function timeoutOf({ localStorage }: Pick<Delivery, 'localStorage'>, timeouts: SendTimeouts): number {
  return localStorage ? timeouts.localStorageMs : timeouts.sendMs;
}

/** From a claim until no sender can still be sending it: guard, connecting, the attempt, the job's lock. */
export function horizonOf(delivery: Pick<Delivery, 'localStorage'>, timeouts: SendTimeouts): number {
  return GUARD_MS + CONNECT_TIMEOUT_MS + timeoutOf(delivery, timeouts) + timeouts.lockMs + MARGIN_MS;
}

/** That of any delivery. */
export function longestHorizon(timeouts: SendTimeouts): number {
  return Math.max(horizonOf({ localStorage: true }, timeouts), horizonOf({ localStorage: false }, timeouts));
}

export type Sending = {
  readonly delivery: Delivery;
  readonly account: Account;
  readonly send: SendKind;
  /** Milliseconds since before the claim was sent. */
  readonly age: () => number;
  readonly paceMs: number;
  readonly lock: Lock;
};

export type SendDeps = {
  readonly provider: ProviderClient;
  readonly apiKeyOf: (from: string) => string;
  readonly timeouts: SendTimeouts;
  readonly sleep: (ms: number) => Promise<void>;
};

/** One POST, or none when the claim has grown too old before its first byte could leave. */
export async function send(sending: Sending, deps: SendDeps): Promise<Outcome> {
  const { delivery, account, age, paceMs, lock } = sending;
  if (paceMs > 0) await deps.sleep(paceMs);
  if (lock.isLost || age() > GUARD_MS + paceMs) {
    return { kind: 'not_sent', reason: 'stale', detail: 'the claim was too old to be sent on' };
  }
  const options = {
    timeoutMs: timeoutOf(delivery, deps.timeouts),
    mayWrite: () => !lock.isLost && age() <= GUARD_MS + CONNECT_TIMEOUT_MS + paceMs,
    overrides: account.reasons,
  };
  const apiKey = deps.apiKeyOf(account.from);
  if (sending.send === 'file') return deps.provider.sendFile(fileBody(delivery, apiKey), options);
  const template = delivery.template ?? account.template;
  if (template === null) {
    return { kind: 'rejected', reason: 'no_template', mapped: true, detail: 'no template is set any more' };
  }
  // Its account's may have changed since it was enqueued.
  const [fault] = templateFaults({ ...delivery, template, isOwn: delivery.template !== null });
  if (fault !== undefined) {
    return { kind: 'rejected', reason: 'template_unusable', mapped: true, detail: fault.detail };
  }
  return deps.provider.sendTemplate(templateBody(delivery, template, apiKey), options);
}

/** As JSON, which has no undefined fields. */
function fileBody(delivery: Delivery, apiKey: string): SendFileBody {
  const { from, to, fileUrl: body, caption, replyTo, showRequest, localStorage } = delivery;
  return {
    apiKey,
    from,
    to,
    body,
    caption: caption ?? undefined,
    replyTo: replyTo ?? undefined,
    showRequest: showRequest ? 1 : undefined,
    localStorage: localStorage ? 1 : undefined,
  };
}

function templateBody(delivery: Delivery, template: AccountTemplate, apiKey: string): SendTemplateBody {
  const variables = fillVariables(template, delivery).map(
    (value, index): [`bodyVariable${number}`, string] => [`bodyVariable${index + 1}`, value],
  );
  return {
    apiKey,
    from: delivery.from,
    to: delivery.to,
    name: template.name,
    headerType: TEMPLATE_HEADER_TYPES[delivery.mediaType] ?? 1,
    headerLink: delivery.fileUrl,
    ...(template.language === undefined ? {} : { language: template.language }),
    ...Object.fromEntries(variables),
  };
}
