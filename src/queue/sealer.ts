import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes } from 'node:crypto';
import type { DataKey, Owner, SealedPart, Sealer } from '../domain/seal.js';
import { DataKeyError } from '../errors.js';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** `wb1.<key id>.<iv, what it hides, tag>`: nothing that was not sealed looks like it. */
const SEALED = /^wb1\.([\w-]{1,32})\.([\w-]{38,})$/;
/** Short enough to keep with every record. */
const MARK_CHARACTERS = 22;

/** Seals with the first key and opens with any. They are asked for each time: they may be replaced meanwhile. */
export function createSealer(keys: () => readonly DataKey[]): Sealer {
  return {
    isOn: () => keys().length > 0,

    seal(text, owner, part) {
      const [first] = keys();
      return first === undefined ? text : encrypt(text, first, boundTo(owner, part));
    },

    open(text, owner, part) {
      const [, id, body] = SEALED.exec(text) ?? [];
      if (id === undefined || body === undefined) return text;
      const known = keys().find((each) => each.id === id);
      if (known === undefined) throw missing(id, keys());
      return decrypt(body, known, boundTo(owner, part));
    },

    marks(text) {
      const plain = hash('sha256', text, 'base64url').slice(0, MARK_CHARACTERS);
      const [first, ...others] = keys().map((each) => markOf(text, each));
      return first === undefined ? [plain] : [first, ...others, plain];
    },
  };
}

/** What a sealed text belongs to; it is told to the cipher, and opens with nothing else. */
function boundTo({ from, id }: Owner, part: SealedPart): Buffer {
  return Buffer.from(JSON.stringify(['waybill', part, from, id]));
}

/** Chance is not injected here: an IV that came twice under one key would give both texts away. */
function encrypt(text: string, { id, key }: DataKey, bound: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(bound);
  const hidden = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `wb1.${id}.${hidden.toString('base64url')}`;
}

function decrypt(body: string, { id, key }: DataKey, bound: Buffer): string {
  const hidden = Buffer.from(body, 'base64url');
  const tagAt = hidden.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, key, hidden.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(bound)
      .setAuthTag(hidden.subarray(tagAt));
    const text = Buffer.concat([decipher.update(hidden.subarray(IV_BYTES, tagAt)), decipher.final()]);
    return text.toString('utf8');
  } catch {
    throw new DataKeyError(
      `The request does not open with the data key ${id} of WAYBILL_DATA_KEY: another key has that id here, or it was changed or moved`,
    );
  }
}

function missing(id: string, known: readonly DataKey[]): DataKeyError {
  return new DataKeyError(
    known.length === 0
      ? `The request is encrypted with the data key ${id}, and WAYBILL_DATA_KEY is not set here`
      : `The request is encrypted with the data key ${id}, which WAYBILL_DATA_KEY does not have here`,
  );
}

/** Keyed, so that a guess at the text cannot be tried without the key; by a key of its own, made of the data key. */
function markOf(text: string, { key }: DataKey): string {
  const own = createHmac('sha256', key).update('waybill marks').digest();
  return createHmac('sha256', own).update(text).digest('base64url').slice(0, MARK_CHARACTERS);
}
