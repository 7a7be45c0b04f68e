import { isNumber, parseRecipient } from '../../src/domain/recipient.js';
import { conversationOf, whatsAppSpelling } from '../../src/domain/spellings.js';
import { SandboxError } from '../sandbox-error.js';
import type { Client } from '../shapes.js';

export type ClientInput = {
  readonly number?: string | undefined;
  readonly fromId?: string | undefined;
  readonly hidden?: boolean | undefined;
};

/** Whether WhatsApp could have a client by this name: a number as it is dialled from abroad, without `+`, or a `from_id`. */
export function isRecipient(to: string): boolean {
  const parsed = parseRecipient(to);
  return parsed.ok && parsed.recipient === to;
}

/** How numbers that have two spellings on WhatsApp are told: by WhatsApp's own, or as they were given. */
export type Spelling = 'whatsapp' | 'given';

/** The people who write to our accounts, by each of their names; both spellings of a number are one. */
export class Clients {
  readonly #spelling: Spelling;
  readonly #byName = new Map<string, Client>();

  constructor(spelling: Spelling) {
    this.#spelling = spelling;
  }

  register({ number, fromId, hidden = false }: ClientInput): Client {
    const id = number ?? fromId;
    if (id === undefined || ![number, fromId].every((name) => name === undefined || isRecipient(name))) {
      throw new SandboxError('unknown_client', 'A client has a number that there may be, a from_id, or both');
    }
    if (hidden && fromId === undefined) {
      throw new SandboxError('unknown_client', 'A client that hides its number needs a from_id');
    }
    const client = { id: conversationOf(id), number: number ?? null, fromId: fromId ?? null, hidden };
    for (const name of [number, fromId])
      if (name !== undefined) this.#byName.set(conversationOf(name), client);
    return client;
  }

  /** Anyone can be written to: who was not registered is known by that one name. */
  find(name: string): Client {
    const id = conversationOf(name);
    const known = this.#byName.get(id);
    if (known !== undefined) return known;
    if (!isNumber(name)) return { id, number: null, fromId: name, hidden: true };
    const number = this.#spelling === 'whatsapp' ? whatsAppSpelling(name) : name;
    return { id, number, fromId: null, hidden: false };
  }
}
