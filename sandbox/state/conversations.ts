import { DAY } from '../../src/domain/time.js';
import type { BilledSession, ShownWindow } from '../shapes.js';

/** An account and a client, by canonical name. */
export type ConversationKey = { readonly from: string; readonly client: string };

/** The customer window as the provider sees it. `never`: not a word in either direction yet. */
export type CustomerWindow =
  | { readonly state: 'open'; readonly leftMs: number }
  | { readonly state: 'closed' }
  | { readonly state: 'never' };

type Conversation = {
  readonly key: ConversationKey;
  /** null: the client has not written. */
  closesAt: number | null;
  /** Set by hand: overrules `windowsOpen`. */
  told: boolean;
  readonly sessions: { readonly openedAt: number; messages: number }[];
};

export type ConversationsOptions = { readonly windowsOpen: boolean; readonly limit: number };

/** The two clocks of each conversation: the customer window, and the paid sessions. */
export class Conversations {
  readonly #options: ConversationsOptions;
  #byKey = new Map<string, Conversation>();

  constructor(options: ConversationsOptions) {
    this.#options = options;
  }

  clientWrote(key: ConversationKey, at: number): void {
    this.#conversation(key).closesAt = at + DAY;
  }

  /** null: as if the client had never written. */
  setWindow(key: ConversationKey, closesAt: number | null): void {
    const conversation = this.#conversation(key);
    conversation.closesAt = closesAt;
    conversation.told = true;
  }

  window(key: ConversationKey, now: number): CustomerWindow {
    const conversation = this.#byKey.get(nameOf(key));
    if (this.#options.windowsOpen && conversation?.told !== true) return { state: 'open', leftMs: DAY };
    if (conversation === undefined) return { state: 'never' };
    const { closesAt, sessions } = conversation;
    if (closesAt === null) return { state: sessions.length === 0 ? 'never' : 'closed' };
    return closesAt > now ? { state: 'open', leftMs: closesAt - now } : { state: 'closed' };
  }

  /** Of every conversation that something has happened in, oldest first. */
  windows(now: number): ShownWindow[] {
    return [...this.#byKey.values()].slice(-this.#options.limit).map(({ key, closesAt }) => ({
      from: key.from,
      to: key.client,
      state: this.window(key, now).state,
      closesAt,
    }));
  }

  /** Every message of ours counts; the first one outside a session opens the next. */
  bill(key: ConversationKey, at: number): void {
    const { sessions } = this.#conversation(key);
    const current = sessions.at(-1);
    if (current !== undefined && at < current.openedAt + DAY) current.messages += 1;
    else sessions.push({ openedAt: at, messages: 1 });
  }

  sessions(): BilledSession[] {
    return [...this.#byKey.values()]
      .slice(-this.#options.limit)
      .flatMap(({ key, sessions }) =>
        sessions.map((session) => ({ from: key.from, to: key.client, ...session })),
      )
      .sort((one, other) => one.openedAt - other.openedAt);
  }

  #conversation(key: ConversationKey): Conversation {
    const name = nameOf(key);
    const known = this.#byKey.get(name);
    if (known !== undefined) return known;
    const conversation: Conversation = { key, closesAt: null, told: false, sessions: [] };
    this.#byKey.set(name, conversation);
    this.#forgetOldest();
    return conversation;
  }

  /** In batches: a Map whose first entry is deleted again and again becomes slow to find its first entry. */
  #forgetOldest(): void {
    const { limit } = this.#options;
    if (this.#byKey.size >= 2 * limit) this.#byKey = new Map([...this.#byKey].slice(-limit));
  }
}

function nameOf({ from, client }: ConversationKey): string {
  return `${from}/${client}`;
}
