import { isFields, type Owner, openRequest, type Sealer, withoutSealed } from '../domain/seal.js';
import { DataKeyError } from '../errors.js';
import { readMetadata } from './metadata.js';
import { parseJson } from './parse-json.js';

/** What of a delivery may be encrypted. */
export type PrivateView = {
  /** The provider's account of the request, where `showRequest` asked for it. */
  readonly originalRequest: string | null;
  /** The request's metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The request as it stands in the queue; null once its job has gone. Where it is locked, what shows of it. */
  readonly request: unknown;
  /** Why it cannot be read here: which data key is not here. Null: it can. */
  readonly locked: string | null;
};

type PrivateRows = {
  readonly originalRequest: string | undefined;
  readonly metadata: string | undefined;
  /** The job's data. */
  readonly request: string | null;
};

/** Reads what may be encrypted; without its key the rest of the delivery can still be told. */
export function readPrivate(rows: PrivateRows, owner: Owner, sealer: Sealer): PrivateView {
  const request = parseJson(rows.request ?? 'null');
  const echo = rows.originalRequest;
  try {
    return {
      request: openRequest(request, owner, sealer),
      metadata: openMetadata(rows.metadata, owner, sealer),
      originalRequest: echo === undefined ? null : sealer.open(echo, owner, 'original_request'),
      locked: null,
    };
  } catch (error) {
    if (!(error instanceof DataKeyError)) throw error;
    const shown = isFields(request) ? withoutSealed(request) : request;
    return { request: shown, metadata: {}, originalRequest: null, locked: error.message };
  }
}

/** @throws DataKeyError */
export function openMetadata(
  json: string | undefined,
  owner: Owner,
  sealer: Sealer,
): Readonly<Record<string, string>> {
  return readMetadata(json === undefined ? json : sealer.open(json, owner, 'metadata'));
}
