import { FileInspector } from './api/file-inspector.js';
import { Courier } from './callbacks/courier.js';
import { Schedule } from './callbacks/schedule.js';
import { createDice, type Dice } from './dice.js';
import { FaultBook } from './faults/fault-book.js';
import { createFirewall, type Firewall } from './faults/firewall.js';
import type { SandboxOptions, Webhook } from './options.js';
import { SandboxError } from './sandbox-error.js';
import { Clients } from './state/clients.js';
import { Conversations } from './state/conversations.js';
import { MessageLog } from './state/message-log.js';
import { RequestLog } from './state/request-log.js';
import { createTravelClock, type TravelClock } from './travel-clock.js';
import type { UniqueMaker } from './unique.js';

export type Account = { readonly from: string; apiKey: string; webhook: Webhook | null };

/** All that the sandbox knows and owns. */
export type World = {
  readonly options: SandboxOptions;
  readonly clock: TravelClock;
  readonly dice: Dice;
  readonly makeUnique: UniqueMaker;
  readonly accounts: Map<string, Account>;
  readonly clients: Clients;
  readonly conversations: Conversations;
  readonly messages: MessageLog;
  readonly requests: RequestLog;
  readonly faults: FaultBook;
  readonly firewall: Firewall;
  readonly schedule: Schedule;
  readonly courier: Courier;
  readonly files: FileInspector;
};

export type WorldSources = {
  readonly seed: number;
  readonly now: () => number;
  readonly makeUnique: UniqueMaker;
};

export function createWorld(options: SandboxOptions, { seed, now, makeUnique }: WorldSources): World {
  const { keepRequests: keep } = options;
  const limitOf = (limit: number): number => (keep ? Number.POSITIVE_INFINITY : limit);
  const clock = createTravelClock(now);
  const schedule = new Schedule(clock);
  const requests = new RequestLog(keep);
  const faults = new FaultBook();
  for (const fault of options.faults) faults.add(fault);
  return {
    options,
    clock,
    dice: createDice(seed),
    makeUnique,
    accounts: accountsOf(options),
    clients: new Clients(options.spelling),
    conversations: new Conversations({
      windowsOpen: options.windowsOpen,
      limit: limitOf(options.keptConversations),
    }),
    messages: new MessageLog(limitOf(options.keptMessages)),
    requests,
    faults,
    firewall: createFirewall(options.firewall),
    schedule,
    courier: new Courier({ schedule, clock, requests, options: options.callbacks, keep }),
    files: new FileInspector(options.files),
  };
}

function accountsOf(options: SandboxOptions): Map<string, Account> {
  return new Map(options.accounts.map((account) => [account.from, newAccount(options, account)]));
}

/** An account as it is before anybody has set its webhook. */
export function newAccount(
  { webhook }: SandboxOptions,
  { from, apiKey }: Pick<Account, 'from' | 'apiKey'>,
): Account {
  return { from, apiKey, webhook: webhook === undefined ? null : { ...webhook } };
}

/** The account of a verb that may leave it out: then it is the first one. Throws `unknown_account`. */
export function accountFor(world: World, from?: string): Account {
  const [first] = world.accounts.values();
  const account = from === undefined ? first : world.accounts.get(from);
  if (account === undefined)
    throw new SandboxError('unknown_account', 'No account of the sandbox has this number');
  return account;
}

/** Ends what is scheduled and under way. */
export async function closeWorld({ schedule, courier, files }: World): Promise<void> {
  schedule.close();
  await courier.close();
  await files.close();
}
