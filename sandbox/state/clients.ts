import { SandboxError } from '../sandbox-error.js';
import type { Client } from '../shapes.js';

export type ClientInput = {
  readonly number?: string | undefined;
  readonly fromId?: string | undefined;
  readonly hidden?: boolean | undefined;
};

const NUMBER = /^\d{8,15}$/;
const FROM_ID = /^[A-Z]{2}\.\d{1,32}$/;

/** Whether the provider would take it as `to`: a number without `+`, or a `from_id`. */
export function isRecipient(to: string): boolean {
  return NUMBER.test(to) || FROM_ID.test(to);
}

/** The people who write to our accounts, by each of their names. */
export class Clients {
  readonly #byName = new Map<string, Client>();

  register({ number, fromId, hidden = false }: ClientInput): Client {
    const id = number ?? fromId;
    if (id === undefined || ![number, fromId].every((name) => name === undefined || isRecipient(name))) {
      throw new SandboxError('unknown_client', 'A client has a number (8-15 digits), a from_id, or both');
    }
    if (hidden && fromId === undefined) {
      throw new SandboxError('unknown_client', 'A client that hides its number needs a from_id');
    }
    const client: Client = { id, number: number ?? null, fromId: fromId ?? null, hidden };
    for (const name of [number, fromId]) if (name !== undefined) this.#byName.set(name, client);
    return client;
  }

  /** Anyone can be written to: who was not registered is known by that one name. */
  find(name: string): Client {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const isNumber = NUMBER.test(name);
    return { id: name, number: isNumber ? name : null, fromId: isNumber ? null : name, hidden: !isNumber };
  }
}
