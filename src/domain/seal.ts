/** A key of 32 bytes, and the id by which what it has sealed names it. */
export type DataKey = {
  /** Names the key in what it encrypts. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
};

/** Whose something is: what is sealed for one delivery opens for no other. */
export type Owner = { readonly from: string; readonly id: string };

/** What of a delivery is sealed: what is sealed as one thing does not open as another. */
export type SealedPart = 'request' | 'metadata' | 'original_request';

/** Keeps what apps say of their customers from whoever can read Redis, where there is a data key. */
export type Sealer = {
  /** False: there is no key, and everything stays as it is. */
  isOn(): boolean;
  seal(text: string, owner: Owner, part: SealedPart): string;
  /** A text that was never sealed stays as it is. @throws DataKeyError */
  open(text: string, owner: Owner, part: SealedPart): string;
  /**
   * Short marks that stand for a text without showing it: the one to write down now, then those that earlier keys, or
   * none, would have made of it.
   */
  marks(text: string): readonly [string, ...string[]];
};

export type Fields = Readonly<Record<string, unknown>>;

/** What of a request is an app's own words, or leads to the file. All else is what scripts and other clients go by. */
const PRIVATE: readonly string[] = ['fileUrl', 'caption', 'template', 'metadata'];

/** A request as it lies in Redis: what is private is in one field. One that is sealed already stays as it is. */
export function sealRequest(request: Fields, owner: Owner, sealer: Sealer): Fields {
  if (!sealer.isOn() || 'sealed' in request) return request;
  const fields = Object.entries(request);
  const hidden = fields.filter(([name]) => PRIVATE.includes(name));
  if (hidden.length === 0) return request;
  const open = fields.filter(([name]) => !PRIVATE.includes(name));
  const sealed = sealer.seal(JSON.stringify(Object.fromEntries(hidden)), owner, 'request');
  return { ...Object.fromEntries(open), sealed };
}

/**
 * The request as it was given. What was never sealed stays as it is, whatever it is.
 * @throws DataKeyError
 */
export function openRequest(queued: unknown, owner: Owner, sealer: Sealer): unknown {
  if (!isFields(queued) || typeof queued.sealed !== 'string') return queued;
  const text = sealer.open(queued.sealed, owner, 'request');
  if (text === queued.sealed) return queued;
  return { ...withoutSealed(queued), ...parseFields(text) };
}

/** What of a request shows without a key. */
export function withoutSealed(request: Fields): Fields {
  const { sealed: _sealed, ...open } = request;
  return open;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As `sealRequest` wrote them. */
function parseFields(text: string): Fields {
  const fields: unknown = JSON.parse(text);
  return isFields(fields) ? fields : {};
}
