import { createBacklogCap } from '../producer/http/backlog-cap.js';
import type { Operations } from '../producer/http/routes.js';
import { startApiServer } from '../producer/http/server.js';
import { createAccountDirectory } from '../redis/accounts.js';
import { type AccountState, type Client, createClient } from './client.js';
import { type Core, openRedis, type Running } from './core.js';

/** The HTTP API, and where it listens. */
export type RunningApi = Running & { readonly address: string; readonly port: number };

/** Starts to take other apps' calls. Redis may be away: callers get 503 until it is back. */
export async function runApi(core: Core, version: string): Promise<RunningApi> {
  const { config, secrets, log, observer } = core;
  const redis = openRedis(core, 'fails');
  const client = createClient(config, redis);
  const stopping = new AbortController();
  const dependencies = () => ({ redis: redis.status });
  try {
    const server = await startApiServer(
      {
        version,
        callers: () => secrets.apiCallers(),
        callsPerSecond: config.api.callsPerSecond,
        operations: operationsOf(core, client, stopping.signal),
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
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

function operationsOf({ config, effects }: Core, client: Client, stopping: AbortSignal): Operations {
  const { waybill, operator, explainer } = client;
  return {
    accounts: createAccountDirectory(client.accounts, effects.now),
    enqueue: waybill.enqueue,
    enqueueStream: waybill.enqueueStream,
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
    cancel: waybill.cancel,
    resend: operator.resend,
    resolve: operator.resolve,
    explainConversation: explainer.conversation,
    stateOf: client.stateOf,
    pause: client.pause,
    resume: client.resume,
    zoneOf: client.zoneOf,
    ledger: client.ledger,
    otherSessions: client.otherSessions,
  };
}

/** What BullMQ keeps after the end is not waiting for anything. */
function notEnded({ jobs: { completed: _completed, failed: _failed, ...jobs } }: AccountState): number {
  return Object.values(jobs).reduce((sum, count) => sum + count, 0);
}
