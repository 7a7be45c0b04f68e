import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrivatePort } from './private-port.js';
import { findRedisServer } from './redis-binary.js';
import { type RedisProcess, startRedisProcess } from './redis-process.js';

const PORT_TRIES = 5;

/** How a private Redis is started; everything may be left out. */
export interface PrivateRedisOptions {
  /** Where it keeps its files; made if absent and kept on stop. Without it: a temporary folder, removed on stop. */
  readonly dir?: string;
  readonly appendonly?: boolean;
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** More arguments for the server; they win over ours. `loglevel` must stay at notice or below. */
  readonly extraArgs?: readonly string[];
  /** A fixed port; without it any free one. */
  readonly port?: number;
}

/** A Redis of our own on 127.0.0.1, which does not outlive this process. */
export interface PrivateRedis {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** Of the present run; another one after `restart`. */
  readonly pid: number;
  /** Stops it and removes its temporary folder. May be called again. */
  stop(): Promise<void>;
  /** Sends a signal, such as SIGKILL (a crash) or SIGSTOP (a freeze); waits for the end if it is a deadly one. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and files; ends it first if it still runs. */
  restart(): Promise<void>;
}

/**
 * Starts a Redis (or Valkey) that evicts nothing and writes no snapshots.
 *
 * @throws RedisServerMissingError when no server is installed; Error with its log when it does not start.
 */
export async function startPrivateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const binary = findRedisServer(process.env.PATH ?? '');
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'waybill-redis-')));
  await mkdir(dir, { recursive: true });
  const disposableDir = options.dir === undefined ? dir : undefined;
  const start = (port: number) =>
    startRedisProcess({ binary, args: serverArgs({ ...options, dir, port }), disposableDir });
  try {
    const { port, run } = await startOnFreePort(start, options.port);
    return control({ port, dir, disposableDir, run, start: () => start(port) });
  } catch (error) {
    await removeDir(disposableDir);
    throw error;
  }
}

function serverArgs(
  options: PrivateRedisOptions & { readonly dir: string; readonly port: number },
): string[] {
  const { port, dir, appendonly = false, appendfsync = 'everysec', extraArgs = [] } = options;
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir,
    save: '',
    appendonly: appendonly ? 'yes' : 'no',
    appendfsync,
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  };
  return [...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]), ...extraArgs];
}

type Start = (port: number) => Promise<RedisProcess>;

/** Another process may take a port between our look and Redis's bind, so a port that we chose is tried again. */
async function startOnFreePort(
  start: Start,
  fixedPort: number | undefined,
): Promise<{ readonly port: number; readonly run: RedisProcess }> {
  for (let tried = 1; ; tried += 1) {
    const port = fixedPort ?? (await findPrivatePort());
    try {
      return { port, run: await start(port) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || fixedPort !== undefined || tried === PORT_TRIES) throw error;
    }
  }
}

interface Running {
  readonly port: number;
  readonly dir: string;
  readonly disposableDir: string | undefined;
  readonly run: RedisProcess;
  readonly start: () => Promise<RedisProcess>;
}

function control({ port, dir, disposableDir, run, start }: Running): PrivateRedis {
  let current = run;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return current.pid;
    },
    kill: (signal) => current.kill(signal),
    stop: async () => {
      await current.stop();
      await removeDir(disposableDir);
    },
    restart: async () => {
      await current.stop();
      current = await start();
    },
  };
}

async function removeDir(dir: string | undefined): Promise<void> {
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
}
