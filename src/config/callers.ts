import { z } from 'zod';
import { duplicates, json } from './json.js';

export const ROLES = ['send', 'read', 'operate'] as const;
export type Role = (typeof ROLES)[number];

/** An app that may call the HTTP API: known by the SHA-256 of its key, which nobody keeps. */
export type ApiCaller = {
  readonly name: string;
  /** 64 hex digits, lower case. */
  readonly sha256: string;
  /** Numbers or names; `*` is every account. */
  readonly accounts: readonly string[];
  readonly roles: readonly Role[];
};

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

export const apiCallers = json<readonly ApiCaller[], readonly ApiCaller[]>({
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
