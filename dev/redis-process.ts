import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 5_000;
const KEPT_LOG_CHARS = 2_000;

// Reads until this process is gone, however it went, then takes the server and its temporary folder along.
const GUARD = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; [ -z "$2" ] || rm -rf -- "$2"';

/** What one server process is started with. */
export interface RedisCommand {
  readonly binary: string;
  readonly args: readonly string[];
  /** Removed when this process dies without stopping the server. */
  readonly disposableDir: string | undefined;
  /** What its log says when it is up; by default, that it accepts connections. */
  readonly upWhen?: string;
}

/** One run of a server: from accepting connections to its exit. */
export interface RedisProcess {
  readonly pid: number;
  /** Ends the run gently, then by force after 5 s. Done at once when it has ended already. */
  stop(): Promise<void>;
  /** Sends the signal; waits for the end when the signal is a deadly one. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a server and waits until it accepts connections.
 *
 * @throws Error with the last lines of the server's log when it ends or stays silent instead.
 */
export async function startRedisProcess(command: RedisCommand): Promise<RedisProcess> {
  // Detached: Ctrl-C in a terminal goes to the whole process group, and Redis has to outlive our own clean shutdown.
  const child = spawn(command.binary, [...command.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = closed(child);
  await accepting(child, exited, command.upWhen ?? 'eady to accept connections');
  const pid = child.pid ?? 0;
  const guard = spawnGuard(pid, command.disposableDir);
  const guardExited = closed(guard);
  const ended = exited.then(() => {
    guard.kill('SIGKILL');
    return guardExited;
  });
  return {
    pid,
    stop: () => stop(child, ended),
    kill: async (signal) => {
      child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
    },
  };
}

/** Resolves when the process is gone and all it has written is read. */
function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
}

function spawnGuard(pid: number, disposableDir: string | undefined): ChildProcess {
  const args = ['-c', GUARD, 'redis-guard', String(pid), disposableDir ?? ''];
  return spawn('/bin/sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
}

function accepting(child: ChildProcess, exited: Promise<void>, upWhen: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (what: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`The private Redis ${what}:\n${log.trim()}`));
    };
    const timer = setTimeout(() => fail('did not get ready in time'), START_TIMEOUT_MS);
    onText([child.stdout, child.stderr], (text) => {
      log = (log + text).slice(-KEPT_LOG_CHARS);
      if (!log.includes(upWhen)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    void exited.then(() => fail('ended before it was ready'));
  });
}

function onText(streams: readonly (Readable | null)[], receive: (text: string) => void): void {
  for (const stream of streams) stream?.setEncoding('utf8').on('data', receive);
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  // A server that a test has frozen would only see SIGTERM once it is thawed.
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(force);
}
