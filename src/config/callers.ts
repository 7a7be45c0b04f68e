import { z } from 'zod';
import { type Caller, ROLES } from '../domain/caller.js';
import { duplicates, json } from './json.js';

const EXPECTED = 'a JSON array of {name, sha256, accounts, roles}, as "waybill api-key create" prints them';

const caller = z.strictObject(
  {
    name: z.string({ error: 'a name' }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
      error: 'a name of 1 to 64 letters, digits, . _ -',
    }),
    sha256: z
      .string({ error: '64 hex digits' })
      .regex(/^[\da-fA-F]{64}$/, { error: '64 hex digits' })
      .transform((hex) => hex.toLowerCase()),
    accounts: z
      .array(z.string({ error: 'a number or name' }).min(1), {
        error: 'an array of numbers or names, or ["*"]',
      })
      .min(1, { error: 'at least one number or name, or ["*"]' }),
    roles: z
      .array(z.enum(ROLES, { error: ROLES.join(' | ') }), { error: `an array of ${ROLES.join(' | ')}` })
      .min(1, { error: `at least one of ${ROLES.join(' | ')}` }),
  },
  { error: 'the fields name, sha256, accounts, roles' },
);

export const apiCallers = json<readonly Caller[], readonly Caller[]>({
  expected: EXPECTED,
  schema: z.array(caller, { error: EXPECTED }),
  build: (value) => {
    const problems = [
      ...duplicates(
        value.map(({ name }) => name),
        'name',
      ),
      ...duplicates(
        value.map(({ sha256 }) => sha256),
        'sha256',
      ),
    ];
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
  },
  show: (callers) => callers.map(({ name }) => name).join(', ') || 'none',
});
