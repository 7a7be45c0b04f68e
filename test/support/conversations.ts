import type { Dice } from '../../sandbox/dice.js';
import { shuffled } from './seeded.js';

/** A delivery that is to be enqueued; its caption is its id, so that the provider's side can tell it apart. */
export type PlannedDelivery = {
  readonly from: string;
  readonly id: string;
  readonly to: string;
  /** Epoch milliseconds; absent: at once. */
  readonly sendAt?: number;
};

/** One client's deliveries, in the order in which they are to arrive. */
export type PlannedConversation = readonly PlannedDelivery[];

/** Spreads deliveries over conversations as evenly as they go, in an order drawn by the dice. */
export function planConversations(
  plan: {
    readonly deliveries: number;
    readonly conversations: number;
    /** Default `shop`. */
    readonly from?: string;
    /** The first client's number. */
    readonly clientsFrom?: number;
  },
  dice: Dice,
): PlannedConversation[] {
  const { deliveries, conversations, from = 'shop', clientsFrom = 972_500_000_000 } = plan;
  const all = Array.from({ length: conversations }, (_, conversation) => {
    const length =
      Math.floor(deliveries / conversations) + (conversation < deliveries % conversations ? 1 : 0);
    const to = String(clientsFrom + conversation);
    return Array.from({ length }, (_, index) => ({ from, id: `${from}-${conversation}-${index + 1}`, to }));
  });
  return shuffled(all, dice);
}

/** Deals conversations out to so many producers. */
export function deal(conversations: readonly PlannedConversation[], hands: number): PlannedConversation[][] {
  return Array.from({ length: hands }, (_, hand) =>
    conversations.filter((_, index) => index % hands === hand),
  );
}
