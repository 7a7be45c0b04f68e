import type { DataKey } from '../domain/seal.js';
import { ConfigError } from '../errors.js';
import { bad, good, type Kind, listOf, SECRET_SHOWN } from './kinds.js';

const FORM = /^([\w-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/;

const dataKey: Kind<DataKey> = {
  expected:
    'id:key with a key of 32 bytes in base64; several separated by commas, the first encrypts, all decrypt',
  parse: (text) => {
    const [, id, key] = FORM.exec(text) ?? [];
    if (id !== undefined && key !== undefined) return good({ id, key: Buffer.from(key, 'base64') });
    // Which part of it is the key nobody knows: none of it is repeated.
    return bad(text.includes(':') ? 'has a key that is not 32 bytes in base64' : 'has a key without an id');
  },
  show: ({ id }) => `${id}:${SECRET_SHOWN}`,
};

const list = listOf(dataKey, dataKey.expected);

export const dataKeys: Kind<readonly DataKey[]> = {
  ...list,
  parse: (text) => {
    const parsed = list.parse(text);
    if (!parsed.ok) return parsed;
    const ids = new Set(parsed.value.map(({ id }) => id));
    return ids.size === parsed.value.length ? parsed : bad('has two keys with the same id', 'an id for each');
  },
};

/** The keys in a text of the form of WAYBILL_DATA_KEY. @throws ConfigError that shows nothing of it */
export function parseDataKeys(text: string): readonly DataKey[] {
  const parsed = dataKeys.parse(text);
  if (parsed.ok) return parsed.value;
  throw new ConfigError(
    parsed.problems.map(({ problem, expected = dataKeys.expected }) => ({
      name: 'dataKey',
      problem,
      expected,
    })),
  );
}
