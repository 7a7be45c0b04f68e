/** What a key may do: send deliveries and cancel them, read, and all the rest. */
export const ROLES = ['send', 'read', 'operate'] as const;
export type Role = (typeof ROLES)[number];

/** An app that may call the HTTP API: known by the SHA-256 of its key, which nobody keeps. */
export type Caller = {
  readonly name: string;
  /** 64 hex digits, lower case. */
  readonly sha256: string;
  /** Numbers or names; `*` is every account. */
  readonly accounts: readonly string[];
  readonly roles: readonly Role[];
};
