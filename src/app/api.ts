import { createBacklogCap } from '../producer/http/backlog-cap.js';
import type { Operations } from '../producer/http/routes.js';
import { startApiServer } from '../producer/http/server.js';
import { orUnavailable } from '../producer/unavailable.js';
import { createBoardQueues } from '../queue/board.js';
import { redisTime } from '../redis/clock.js';
import type { Redis } from '../redis/connection.js';
import { type AccountState, type Client, createClient } from './client.js';
import { type Core, openRedis, type Running } from './core.js';
import { countQueued } from './count-queued.js';
import { openDutyDesk } from './duty.js';
import { openEndpoints } from './event-endpoints.js';
import { tellWebhooks } from './tell-webhooks.js';

/** The HTTP API, and where it listens. */
export type RunningApi = Running & { readonly address: string; readonly port: number };

/** Starts to take other apps' calls. Redis may be away: callers get 503 until it is back. */
export async function runApi(core: Core, version: string): Promise<RunningApi> {
  const { config, secrets, log, observer } = core;
  const redis = openRedis(core, 'fails');
  const client = createClient(core, redis, {
    ...replayObserver(core),
    onOperation: core.observer.operationDone,
  });
  const boardQueues = createBoardQueues({ connection: redis, prefix: config.prefix });
  const stopping = new AbortController();
  const dependencies = () => ({ redis: redis.status });
  try {
    const server = await startApiServer(
      {
        version,
        callers: () => secrets.apiCallers(),
        callsPerSecond: config.api.callsPerSecond,
        operations: {
          ...operationsOf(core, client, stopping.signal),
          cursorNow: () => cursorNow(redis),
          endpoints: openEndpoints(core, redis),
          checkRedis: async () => void (await cursorNow(redis)),
          desk: openDutyDesk({ config, redis, accounts: client.accounts }),
          explainer: client.explainer,
          boardQueue: boardQueues.open,
        },
        dependencies,
        observer,
        log,
      },
      config.listen.api,
    );
    return {
      address: server.address,
      port: server.port,
      dependencies,
      async close() {
        stopping.abort();
        await server.close();
        await client.close();
        await boardQueues.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Replayed callbacks are counted and logged like those that come. */
function replayObserver({ config, observer, effects }: Core) {
  const names = new Map(config.accounts.map(({ from, name }) => [from, name]));
  return tellWebhooks({ observer, nameOf: (from) => names.get(from) ?? 'unlisted', now: effects.now });
}

function operationsOf(
  { config, effects, observer, log }: Core,
  client: Client,
  stopping: AbortSignal,
): Omit<Operations, 'cursorNow' | 'checkRedis' | 'endpoints'> {
  const { waybill, operator, explainer, accounts } = client;
  return {
    accounts,
    now: effects.now,
    ...countQueued({ ...waybill, resend: operator.resend }, { find: accounts.find, observer }),
    admit: createBacklogCap({
      limit: config.api.backlogLimit,
      countOf: async (from) => notEnded(await client.stateOf({ from, name: from })),
      monotonic: effects.monotonic,
    }),
    list: operator.list,
    get: waybill.get,
    wait: waybill.wait,
    stopping,
    amend: operator.amend,
    erase: operator.erase,
    events: waybill.events,
    cancel: operator.cancel,
    resolve: operator.resolve,
    explainConversation: explainer.conversation,
    stateOf: client.stateOf,
    pause: operator.pause,
    resume: operator.resume,
    zoneOf: client.zoneOf,
    ledger: client.ledger,
    otherSessions: client.otherSessions,
    quarantine: client.quarantine,
    tried: ({ who, source, reason }, { endpoint, taken, status }) =>
      log.info('endpoint tried', { endpoint, taken, status, who, source, reason }),
    replayed: (actor, callbacks) => {
      const kept = callbacks.filter(({ result }) => result === 'kept').length;
      log.info('callbacks replayed', { ...actor, applied: callbacks.length - kept, kept });
    },
  };
}

/** By Redis's clock, as the events are; a moment before, so that none of this very millisecond is missed. */
async function cursorNow(redis: Redis): Promise<string> {
  return String(Math.floor(await orUnavailable(() => redisTime(redis))) - 1);
}

/** What BullMQ keeps after the end is not waiting for anything. */
function notEnded({ jobs: { completed: _completed, failed: _failed, ...jobs } }: AccountState): number {
  return Object.values(jobs).reduce((sum, count) => sum + count, 0);
}
