import { UNSENT } from '../status.js';
import { accountWords } from './account-words.js';
import { type Awaiting, awaitingOf } from './await.js';
import { conversationWords, laneWords } from './conversation-words.js';
import { deliveryWords } from './delivery-words.js';
import type { AttemptFacts, DeliveryFacts, Facts, LaneFacts } from './facts.js';
import { nextWords } from './next-words.js';
import { type Standing, standingOf } from './standing.js';
import type { Tell } from './tell.js';

/** Why a delivery is where it is and what comes next, or how a conversation stands. Times in epoch milliseconds. */
export type Explanation = Standing & {
  /** When this was so, by Redis's clock. */
  readonly now: number;
  /** The same for people: a sentence each, the most telling first. */
  readonly words: readonly string[];
  readonly delivery: DeliveryExplanation | null;
  readonly lane: LaneFacts;
};

export type DeliveryExplanation = Pick<DeliveryFacts, 'id' | 'status' | 'reason' | 'expiresAt'> & {
  readonly since: number;
  readonly awaiting: Awaiting;
  /** What it waits for, in a sentence; null where nothing more is to come. */
  readonly next: string | null;
  readonly attempts: readonly AttemptFacts[];
  /** Of an unknown outcome only. */
  readonly doubt: Pick<DeliveryFacts, 'horizonAt' | 'nextReadAt' | 'asked'> | null;
};

/** Facts into words and figures. `time` writes a moment down for the reader. */
export function explain(facts: Facts, time: Tell['time']): Explanation {
  const tell = { now: facts.now, time };
  const standing = standingOf(facts);
  const { delivery, lane, now } = facts;
  if (delivery === null) {
    const words = [
      ...accountWords(standing, tell),
      ...conversationWords(standing, tell),
      ...laneWords(facts, tell),
    ];
    return { ...standing, now, words, delivery, lane };
  }
  const awaiting = awaitingOf(delivery, standing, now);
  const next = nextWords({ delivery, facts, awaiting }, tell);
  const words = deliveryWords(delivery, next, tell);
  return {
    ...standing,
    now,
    words: [...words, ...aroundWords(facts, standing, tell)],
    delivery: { ...figuresOf(delivery, awaiting), next },
    lane,
  };
}

/** What is around a delivery, as far as it may still matter to it. */
function aroundWords(facts: Facts, standing: Standing, tell: Tell): readonly string[] {
  const unsent = facts.delivery !== null && UNSENT.includes(facts.delivery.status);
  const unknown = facts.delivery?.status === 'unknown';
  return [
    ...(unsent ? laneWords(facts, tell) : []),
    ...(unsent || unknown ? accountWords(standing, tell) : []),
    ...conversationWords(standing, tell),
  ];
}

function figuresOf(delivery: DeliveryFacts, awaiting: Awaiting): Omit<DeliveryExplanation, 'next'> {
  const { id, status, reason, expiresAt, statusAt, attempts, horizonAt, nextReadAt, asked } = delivery;
  const doubt = status === 'unknown' ? { horizonAt, nextReadAt, asked } : null;
  return { id, status, reason, since: statusAt, expiresAt, awaiting, attempts, doubt };
}
