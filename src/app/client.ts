import type { Secrets } from '../config/secrets.js';
import type { Config } from '../config.js';
import { ACCOUNT_DEFAULTS } from '../domain/account.js';
import { isServed } from '../domain/published-account.js';
import { UnknownAccountError, WaybillError } from '../errors.js';
import { type Library, openLibrary } from '../library.js';
import { createLog, type LogDestination } from '../observe/log.js';
import { operationLogger } from '../observe/process-events.js';
import { readRecords } from '../producer/bulk/read-records.js';
import type { WaybillOptions } from '../producer/client-options.js';
import { asTold } from '../producer/delivery-schema.js';
import type { AccountDuty, DutyDesk } from '../producer/duty.js';
import type { Erased } from '../producer/erase.js';
import type { ExplainedDelivery, Explainer } from '../producer/explain.js';
import type { ListFilter } from '../producer/list.js';
import type { Said } from '../producer/operate.js';
import { faultsOfRequest } from '../producer/read-request.js';
import type { Resolution } from '../producer/resolve.js';
import { type OnRedis, patiently } from '../producer/unavailable.js';
import { requestSchema } from '../queue/request.js';
import type { AccountDirectory } from '../redis/account-directory.js';
import { type Redis, whenReady } from '../redis/connection.js';
import { type LedgerRow, readLedger } from '../redis/ledger.js';
import type { DeliveryRow } from '../redis/lists.js';
import { type OtherSession, readOtherSessions } from '../redis/other-sessions.js';
import { type NamedAccount, openAccounts } from './accounts.js';
import type { Settings } from './boot.js';
import { connectConfigured, sealerOf } from './core.js';
import { openDutyDesk } from './duty.js';
import { explainRedis } from './explain-redis.js';
import { openExplainer } from './explainer.js';
import { type AccountForecast, openForecast } from './forecast.js';
import { createGatekeeper, type Gatekeeper, type GateState } from './gatekeeper.js';
import { createQuarantine, type Quarantine, type QuarantineOptions } from './quarantine.js';
import { type OnOperation, type Operations, recordOperations } from './record-operations.js';

export type {
  AccountForecast,
  DeliveryRow,
  Erased,
  ExplainedDelivery,
  LedgerRow,
  ListFilter,
  NamedAccount,
  OtherSession,
  Resolution,
  Said,
};
export { asTold, faultsOfRequest, readRecords, requestSchema };

/** An account as an operator sees it: its gate and queue, and its deliveries by what becomes of them next. */
export type AccountState = GateState &
  Pick<AccountDuty, 'workers' | 'due' | 'removedAt'> &
  Pick<AccountDuty['counts'], 'waiting' | 'held' | 'unknown'>;

type LedgerAsked = { readonly from: string; readonly month: string; readonly timeZone: string };

/** What commands for people ask for. Every call fails with UnavailableError within a second without Redis. */
export type Client = {
  readonly waybill: Library['producer'];
  /** What is done by hand; `onOperation` is told of each. */
  readonly operator: Operations;
  readonly explainer: Explainer;
  readonly quarantine: Quarantine;
  /** The accounts that there are, removed ones last. */
  readonly accounts: AccountDirectory;
  /** The account by number or name; without one, the only account there is. */
  account(fromOrName?: string): Promise<NamedAccount>;
  stateOf(account: NamedAccount): Promise<AccountState>;
  states(): Promise<readonly AccountState[]>;
  /** In which its months are counted; `isDefault` when neither a worker nor the settings here tell. */
  zoneOf(from: string): Promise<{ readonly timeZone: string; readonly isDefault: boolean }>;
  ledger(asked: LedgerAsked): Promise<readonly LedgerRow[]>;
  /** Sessions of the month that another sender from the same number may have opened. */
  otherSessions(asked: LedgerAsked): Promise<readonly OtherSession[]>;
  /** Validates many requests and looks what would become of them; takes nothing. Refused ones are told one by one. */
  readonly forecast: ReturnType<typeof openForecast>;
  /** Says more of a failed call, where the connection knows more: what Redis is at, and why it is away. */
  explain(error: unknown): unknown;
  close(): Promise<void>;
};

/** Opens a connection to the configured Redis. `logTo`: where the log goes that `WAYBILL_LOG_FORMAT=json` asks for. */
export function openClient(settings: Settings, logTo: LogDestination): Client {
  const { log } = settings.config;
  // A person reads what the command prints; a log store reads JSON.
  const onOperation: OnOperation =
    log.format === 'json' ? operationLogger(createLog({ ...log, destination: logTo })) : () => undefined;
  return createClient(settings, connectConfigured(settings, 'fails'), { ...SILENT, onOperation });
}

export type ClientObserver = QuarantineOptions['observer'] & { readonly onOperation: OnOperation };

/** The same on a connection that is open already; closing it closes that too. */
export function createClient(
  settings: Pick<Settings, 'config' | 'secrets'>,
  redis: Redis,
  { onOperation, ...observer }: ClientObserver,
): Client {
  const { config, secrets } = settings;
  const { prefix } = config;
  const sealer = sealerOf(settings);
  let trouble: Error | null = null;
  redis.on('error', (error: Error) => {
    trouble = error;
  });
  const library = openLibrary(libraryOptions(config, secrets, redis), {});
  const { producer: waybill, queues } = library;
  const accounts = openAccounts({ config, secrets, redis });
  const parts = { config, redis, waybill, queues, sealer, accounts };
  const explainer = openExplainer(parts);
  const gatekeeper = createGatekeeper({ redis, prefix, queues });
  const onRedis = patiently((withinMs) => whenReady(redis, withinMs));

  const quarantine = createQuarantine({ redis, prefix, onRedis, observer, accounts: accounts.all });
  const gate = gateVerbs(gatekeeper, onRedis);
  const nameOf = async (from: string) => (await accounts.find(from))?.name ?? 'unlisted';
  const operator = recordOperations({ ...library.operator, ...gate }, { nameOf, onOperation });
  const stateOf = createStateReader({
    gateOf: (account) => onRedis(() => gatekeeper.stateOf(account)),
    desk: openDutyDesk(parts),
  });

  return {
    waybill,
    operator,
    accounts,
    explainer,
    quarantine,
    account: async (fromOrName) => pick(await accounts.all(), fromOrName),
    stateOf,
    states: async () => Promise.all((await accounts.all()).map(stateOf)),
    async zoneOf(from) {
      const budget = (await accounts.find(from))?.budget;
      const { timeZone } = budget ?? ACCOUNT_DEFAULTS.budget;
      return { timeZone, isDefault: budget === undefined };
    },
    ledger: (asked) => onRedis(() => readLedger(redis, prefix, asked)),
    otherSessions: (asked) => onRedis(() => readOtherSessions(redis, prefix, asked)),
    forecast: openForecast(parts),
    explain: (error) => explainRedis(error, { trouble, redis: config.redis }),
    async close() {
      // First the connection: what waits for an answer is not worth waiting for any more.
      redis.disconnect();
      await library.close();
    },
  };
}

/** Who asks is said by each command and caller. */
function libraryOptions({ prefix, retention }: Config, secrets: Secrets, redis: Redis): WaybillOptions {
  return {
    redis,
    prefix,
    accounts: secrets.accounts,
    retentionHours: retention.recordHours,
    idRetentionHours: retention.idHours,
    dataKey: () => secrets.dataKeys(),
  };
}

function gateVerbs({ pause, resume }: Gatekeeper, onRedis: OnRedis): Pick<Operations, 'pause' | 'resume'> {
  return {
    pause: (from, said) => onRedis(() => pause(from, said)),
    resume: (from, said) => onRedis(() => resume(from, said)),
  };
}

const SILENT: QuarantineOptions['observer'] = { applied: () => undefined };

type StateSources = {
  readonly gateOf: (account: NamedAccount) => Promise<GateState>;
  readonly desk: Pick<DutyDesk, 'account'>;
};

function createStateReader({ gateOf, desk }: StateSources) {
  return async (account: NamedAccount): Promise<AccountState> => {
    const [state, duty] = await Promise.all([gateOf(account), desk.account(account.from)]);
    const { workers = 0, due = 0, removedAt = null, counts = NOTHING } = duty ?? {};
    const { waiting, held, unknown } = counts;
    return { ...state, workers, due, waiting, held, unknown, removedAt };
  };
}

const NOTHING = { waiting: 0, held: 0, unknown: 0 };

function pick(accounts: readonly NamedAccount[], fromOrName: string | undefined): NamedAccount {
  // One that was removed is only meant by its name or number.
  const [only, ...others] = accounts.filter((account) =>
    fromOrName === undefined ? isServed(account) : [account.from, account.name].includes(fromOrName),
  );
  if (only !== undefined && (fromOrName !== undefined || others.length === 0)) return only;
  if (fromOrName !== undefined)
    throw new UnknownAccountError(fromOrName, { known: accounts.filter(isServed).map(({ name }) => name) });
  const names = [only, ...others].flatMap((account) => account?.name ?? []).join(', ');
  const choice =
    names === '' ? 'no account is configured here, and no worker has published one' : `one of ${names}`;
  throw new WaybillError('ACCOUNT_NEEDED', `Name the account with --from: ${choice}`);
}
