import type { Caller } from '../../domain/caller.js';
import type { Country } from '../../domain/phone-number.js';
import { isServed } from '../../domain/published-account.js';
import { UnknownAccountError, ValidationError } from '../../errors.js';
import type { Narrow } from '../producer.js';
import { ProblemError } from './problem.js';

/** An account by both of its names; `removedAt` once no worker serves it any more. */
export type NamedAccount = {
  readonly from: string;
  readonly name: string;
  readonly country?: Country | null;
  readonly removedAt?: number;
};

/** The accounts that there are, without asking Redis each time. */
export type Accounts = {
  find(fromOrName: string): Promise<NamedAccount | undefined>;
  all(): Promise<readonly NamedAccount[]>;
};

export type Scope = Pick<Caller, 'accounts'>;

/** What is wrong with an account's name that is none, or none of the key's. */
export const UNKNOWN_ACCOUNT = 'is no account that this key may use: give its number or name';

/** Whether a key is for an account. */
export function mayUse({ accounts }: Scope, { from, name }: NamedAccount): boolean {
  return accounts.includes('*') || accounts.includes(from) || accounts.includes(name);
}

/** The numbers of the accounts of a key; undefined where it is for all, and for what is about none. */
export async function seenBy(
  scope: Scope,
  accounts: Accounts,
): Promise<{ readonly visible?: readonly string[] }> {
  if (scope.accounts.includes('*')) return {};
  const seen = (await accounts.all()).filter((account) => mayUse(scope, account));
  return { visible: seen.map(({ from }) => from) };
}

/** Where to look for a delivery: in the accounts of the key, or in one that was named. */
export function narrowTo({ accounts }: Scope, from: string | undefined): Narrow {
  return {
    ...(from === undefined ? {} : { from }),
    ...(accounts.includes('*') ? {} : { among: accounts }),
  };
}

/** The account that a path names. @throws ProblemError account_not_found, also where the key is not for it */
export async function accountAt(fromOrName: string, scope: Scope, accounts: Accounts): Promise<NamedAccount> {
  const account = await accounts.find(fromOrName);
  if (account !== undefined && mayUse(scope, account)) return account;
  throw new ProblemError('account_not_found', 'no account that this key may use has this number or name');
}

/**
 * The account that a request is for; the only one of the key where none is named.
 * @throws UnknownAccountError, ValidationError
 */
export async function accountOf(
  fromOrName: string | undefined,
  scope: Scope,
  accounts: Accounts,
): Promise<NamedAccount> {
  if (fromOrName === undefined) return onlyAccount(scope, accounts);
  const account = await accounts.find(fromOrName);
  if (account !== undefined && mayUse(scope, account)) return account;
  throw new UnknownAccountError(fromOrName);
}

async function onlyAccount(scope: Scope, accounts: Accounts): Promise<NamedAccount> {
  const [only, ...others] = (await accounts.all()).filter(
    (account) => mayUse(scope, account) && isServed(account),
  );
  if (only !== undefined && others.length === 0) return only;
  const names = [only, ...others].flatMap((account) => account?.name ?? []).join(', ');
  const choice = names === '' ? 'no account is there yet that this key may use' : `one of ${names}`;
  throw new ValidationError([{ pointer: '/from', detail: `is missing: name the account, ${choice}` }]);
}
