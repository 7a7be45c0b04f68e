import { randomBytes } from 'node:crypto';
import { startPrivateRedis } from '../dev/private-redis.js';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.js';
import { runWebhooks } from '../src/app/webhooks.js';
import { runWorker } from '../src/app/worker.js';
import { createWaybill, type Waybill } from '../src/index.js';
import { createClosers } from './closers.js';
import { tellProvider } from './connect.js';
import { createDemoCore } from './core.js';
import { startFileServer } from './file-server.js';
import { createLedgerReader, type ReadLedger } from './ledger-reader.js';
import { LONG_AGO_MS } from './story.js';

/** Our sending number, out of the range that is kept for fiction, as the clients' are. */
export const FROM = '447700900900';

/** Everything that runs while the story is told. */
export type Stage = {
  readonly redisPid: number;
  readonly filesOrigin: string;
  readonly provider: Sandbox;
  readonly waybill: Waybill;
  readonly readLedger: ReadLedger;
  close(): Promise<void>;
};

type StageOptions = {
  readonly filesFolder: string;
  readonly tellTrouble: (text: string) => void;
};

/** Starts Redis, files, provider, webhook consumer and worker, all in this process but Redis, all on 127.0.0.1. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const closers = createClosers();
  try {
    return { ...(await openAll(options, closers)), close: closers.close };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function openAll(
  { filesFolder, tellTrouble }: StageOptions,
  { opened }: ReturnType<typeof createClosers>,
): Promise<Omit<Stage, 'close'>> {
  const [apiKey, token] = [makeSecret(), makeSecret()];
  const redis = opened(await startPrivateRedis(), (server) => server.stop());
  const files = opened(await startFileServer(filesFolder), (server) => server.close());
  const provider = opened(await startProvider(apiKey, files.ca), (sandbox) => sandbox.close());
  const env = environment({ redisUrl: redis.url, providerUrl: provider.url, apiKey, token });
  const core = createDemoCore(env, tellTrouble);
  const webhooks = opened(await runWebhooks(core), (running) => running.close());
  const callbackUrl = `http://127.0.0.1:${webhooks.port}/webhooks/${token}`;
  await tellProvider({ providerUrl: provider.url, apiKey, from: FROM, callbackUrl });
  opened(await runWorker(core), (worker) => worker.close());
  const waybill = opened(createWaybill({ redis: redis.url }), (library) => library.close());
  const ledger = opened(createLedgerReader(redis.url, FROM), (reader) => reader.close());
  return {
    redisPid: redis.pid,
    filesOrigin: files.origin,
    provider,
    waybill,
    readLedger: ledger.read,
  };
}

function makeSecret(): string {
  return randomBytes(24).toString('hex');
}

/** At a pace that can be watched. It fetches each file, and holds it against the documented types and sizes. */
function startProvider(apiKey: string, ca: string): Promise<Sandbox> {
  return startSandbox(
    {
      accounts: [{ from: FROM, apiKey }],
      seed: 7,
      latencyMs: { min: 600, max: 1000 },
      fetchFiles: true,
      files: { ca },
      callbacks: {
        sentMs: { min: 300, max: 700 },
        deliveredMs: { min: 800, max: 1800 },
        readMs: { min: 1500, max: 3500 },
        readProbability: 1,
      },
    },
    { now: () => Date.now() - LONG_AGO_MS },
  );
}

type Addresses = {
  readonly redisUrl: string;
  readonly providerUrl: string;
  readonly apiKey: string;
  readonly token: string;
};

function environment({ redisUrl, providerUrl, apiKey, token }: Addresses): Readonly<Record<string, string>> {
  const template = { name: 'your_file', language: 2, variables: ['{caption}'] };
  return {
    REDIS_URL: redisUrl,
    WAYBILL_ACCOUNTS: JSON.stringify([{ from: FROM, name: 'shop', apiKey, template }]),
    WAYBILL_PROVIDER_URL: providerUrl,
    WAYBILL_WEBHOOK_TOKEN: token,
    WAYBILL_LISTEN_WEBHOOKS: '127.0.0.1:0',
    WAYBILL_RETRY_BASE_MS: '4000',
  };
}
