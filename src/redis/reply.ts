/** A script's reply: a code, then values. Whatever Redis answers is read through here. */
export class Reply {
  readonly code: string;
  readonly #values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.#values = values;
    this.code = this.text(0);
  }

  text(index: number): string {
    return String(this.#values[index] ?? '');
  }

  number(index: number): number {
    return Number(this.text(index));
  }

  /** Null where the script left the place empty. */
  textOrNull(index: number): string | null {
    return this.text(index) || null;
  }

  numberOrNull(index: number): number | null {
    const text = this.text(index);
    return text === '' ? null : Number(text);
  }
}

export function readReply(raw: unknown): Reply {
  return new Reply(Array.isArray(raw) ? raw : []);
}

/** A reply that no script gives: code and script do not belong together. */
export function unexpectedReply(script: string, code: string): never {
  throw new TypeError(`script ${script} answered ${JSON.stringify(code)}, which it never does`);
}

/** What Redis said of one of many, as it would be told of a single call. */
export function replyError(text: string): Error {
  return Object.assign(new Error(text), { name: 'ReplyError' });
}
