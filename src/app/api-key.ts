import { createHash, randomBytes } from 'node:crypto';
import type { Caller } from '../domain/caller.js';

/** A new key: its secret, which nobody keeps, and the entry for WAYBILL_API_KEYS. */
export type ApiKey = { readonly secret: string; readonly entry: Caller };

const SECRET_BYTES = 32;

export function createApiKey(of: Omit<Caller, 'sha256'>): ApiKey {
  const secret = `wb_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const { name, accounts, roles } = of;
  const sha256 = createHash('sha256').update(secret).digest('hex');
  return { secret, entry: { name, sha256, accounts, roles } };
}
