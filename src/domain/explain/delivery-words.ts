import { actorInWords } from '../operation.js';
import { lookInWords } from '../preflight.js';
import { attemptInWords, foundInWords, reasonInWords, whyInWords } from '../reason-words.js';
import { presumedFailedAt, UNSENT } from '../status.js';
import { type AttemptFacts, type DeliveryFacts, operatorsWord } from './facts.js';
import { type Tell, when } from './tell.js';

/** How a delivery stands; `next`: what it waits for, in a sentence. Then what its attempts came to. */
export function deliveryWords(delivery: DeliveryFacts, next: string | null, tell: Tell): readonly string[] {
  const [stands, ...more] = statusWords(delivery, tell);
  const attempts = delivery.attempts.map((attempt) => attemptWords(attempt, tell));
  const words = [stands, next, ...more, lookWords(delivery, tell), ...attempts];
  return words.filter((each) => each !== null && each !== undefined);
}

function statusWords(delivery: DeliveryFacts, tell: Tell): readonly string[] {
  const { status, reason, statusAt } = delivery;
  const since = when(statusAt, tell);
  if (UNSENT.includes(status)) return unsentWords(delivery, tell);
  switch (status) {
    case 'sending':
      return [`It is being sent since ${since}.`];
    case 'unknown':
      return unknownWords(delivery, tell);
    case 'failed':
      return [`It failed at ${since}: ${whyInWords(delivery)}. ${nothingMore(delivery)}`];
    case 'expired':
      return [`It expired at ${since}: ${reasonInWords(reason)}. ${nothingMore(delivery)}`];
    case 'cancelled':
      return [`It was cancelled at ${since}${cancelledBy(delivery)}`];
    default:
      return [arrivalWords(delivery, tell), ...unconfirmedWords(delivery, tell)];
  }
}

function cancelledBy({ operations }: DeliveryFacts): string {
  const done = operations.findLast(({ verb }) => verb === 'cancel');
  return done === undefined ? ': nothing is sent for it.' : ` ${actorInWords(done)}. Nothing is sent for it.`;
}

/** The last look at the file's link, where it was not fine. */
function lookWords({ preflights }: DeliveryFacts, tell: Tell): string | null {
  const last = preflights.at(-1);
  if (last === undefined || last.found === 'ok') return null;
  const words = lookInWords(last.found) ?? reasonInWords(last.found);
  const detail = last.detail === '' ? '' : ` (${last.detail})`;
  return `Its link was looked at at ${when(last.at, tell)}: ${words}${detail}.`;
}

const VERBS: ReadonlyMap<string, string> = new Map([
  ['queued', 'has been in the queue'],
  ['waiting', 'has waited'],
  ['held', 'has been held'],
]);

function unsentWords({ status, reason, statusAt, expiresAt }: DeliveryFacts, tell: Tell): readonly string[] {
  const why = reasonInWords(reason);
  return [
    `It ${VERBS.get(status)} since ${when(statusAt, tell)}${why === '' ? '' : `: ${why}`}.`,
    `If it has not been sent by ${when(expiresAt, tell)}, it expires.`,
  ];
}

function nothingMore({ resentAs }: DeliveryFacts): string {
  return resentAs === null ? 'Nothing more is sent for it.' : `It was made anew as ${resentAs}.`;
}

function arrivalWords(delivery: DeliveryFacts, tell: Tell): string {
  const { receipts, status } = delivery;
  const accepted = acceptedWords(delivery, tell);
  const reported = (['sent', 'delivered', 'read'] as const).flatMap((receipt) => {
    const at = receipts[receipt];
    return at === undefined ? [] : [`${receipt} at ${when(at, tell)}`];
  });
  if (status === 'accepted') return `${accepted}; whether it arrives is not known yet.`;
  return `${accepted}, and ${isStated(delivery) ? 'the provider ' : ''}reported it ${reported.join(', ')}.`;
}

function acceptedWords(delivery: DeliveryFacts, tell: Tell): string {
  const stated = operatorsWord(delivery.attempts);
  if (stated === undefined) {
    return `The provider accepted it at ${when(delivery.acceptedAt ?? delivery.statusAt, tell)}`;
  }
  const who = stated.detail === '' ? '' : ` (${stated.detail})`;
  return `An operator${who} said at ${when(stated.at, tell)} that it was sent`;
}

function isStated({ attempts }: DeliveryFacts): boolean {
  return operatorsWord(attempts) !== undefined;
}

/** While it decides: a later receipt refutes or confirms it. */
function unconfirmedWords({ status, receipts }: DeliveryFacts, tell: Tell): readonly string[] {
  const [at, failsAt] = [receipts.unconfirmed, presumedFailedAt(receipts)];
  if (status !== 'accepted' || at === undefined || failsAt === null) return [];
  return [
    `The provider reported ack 0 without a reason at ${when(at, tell)}: not sent yet, or failed. Unless it reports more, the delivery counts as failed from ${when(failsAt, tell)}.`,
  ];
}

function unknownWords(delivery: DeliveryFacts, tell: Tell): readonly string[] {
  const { statusAt, reason, asked, horizonAt } = delivery;
  const since = when(statusAt, tell);
  const why = reasonInWords(reason);
  const last = asked.at(-1);
  const times = asked.length === 1 ? 'once' : `${asked.length} times`;
  return [
    reason === 'unresolved'
      ? `It is unknown for good since ${since}: ${why}, and nobody asks any more.`
      : `Since ${since} it is unknown whether it was sent: ${why}.`,
    last === undefined
      ? 'The provider’s history has not been asked yet.'
      : `The provider’s history was asked ${times}; at ${when(last.at, tell)} it ${foundInWords(last.found)}.`,
    horizonAt !== null && horizonAt > tell.now
      ? `It may still be on its way until ${when(horizonAt, tell)}: from then on an operator may resolve it.`
      : 'It cannot be on its way any more: an operator may resolve it.',
  ];
}

function attemptWords(attempt: AttemptFacts, tell: Tell): string {
  const { number, at, send, outcome } = attempt;
  const why = attemptInWords(attempt);
  const came = outcome === null ? 'has no outcome' : `came to ${outcome}`;
  return `Attempt ${number} (${send}) ${came} at ${when(at, tell)}${why === '' ? '' : `: ${why}`}.`;
}
