/** A script's reply: a code, then values. Whatever Redis answers is read through here. */
export type Reply = {
  readonly code: string;
  text(index: number): string;
  number(index: number): number;
  /** Null where the script left the place empty. */
  textOrNull(index: number): string | null;
  numberOrNull(index: number): number | null;
};

export function readReply(raw: unknown): Reply {
  const values = Array.isArray(raw) ? raw.map((value) => String(value ?? '')) : [];
  const text = (index: number) => values[index] ?? '';
  const number = (index: number) => Number(text(index));
  return {
    code: text(0),
    text,
    number,
    textOrNull: (index) => (text(index) === '' ? null : text(index)),
    numberOrNull: (index) => (text(index) === '' ? null : number(index)),
  };
}

/** A reply that no script gives: code and script do not belong together. */
export function unexpectedReply(script: string, code: string): never {
  throw new TypeError(`script ${script} answered ${JSON.stringify(code)}, which it never does`);
}

/** What Redis said of one of many, as it would be told of a single call. */
export function replyError(text: string): Error {
  return Object.assign(new Error(text), { name: 'ReplyError' });
}
