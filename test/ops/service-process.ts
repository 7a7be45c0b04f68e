import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrivatePort } from '../../dev/private-port.js';
import { ROOT, type Service } from './compose-file.js';

const KEPT_OUTPUT_CHARS = 4_000;

/** A service's own command, run as a process on this machine in place of a container. */
export interface ServiceProcess {
  /** The address on 127.0.0.1 that stands for a `WAYBILL_LISTEN_…` setting. */
  address(setting: string): string;
  /** The last of what it has printed. */
  output(): string;
  hasEnded(): boolean;
  /** Runs Node beside it with these arguments, in its environment, from the image's folder; resolves with the exit code. */
  ask(args: readonly string[]): Promise<number | null>;
  /** Sends SIGTERM and resolves with the exit code. */
  terminate(): Promise<number | null>;
  /** Ends it by force if it still runs, and removes its folder. */
  close(): Promise<void>;
}

/** `hosts` says what stands for another service: `redis:6379` is `127.0.0.1:20123`. */
export interface Surroundings {
  readonly hosts: Readonly<Record<string, string>>;
  /** What the person has put into .env. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startService(service: Service, { hosts, env }: Surroundings): Promise<ServiceProcess> {
  const settings = await onThisMachine({ ...env, ...service.environment }, hosts);
  const folder = mkdtempSync(join(tmpdir(), 'waybill-service-'));
  const command = [service.command ?? []].flat();
  const environment = { PATH: process.env.PATH, HOME: folder, ...settings };
  const child = spawn(process.execPath, [join(ROOT, 'bin/waybill.js'), ...command], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const output = collectOutput(child);
  return {
    address: (setting) => settings[setting] ?? '',
    output,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    ask: async (args) => {
      const asking = spawn(process.execPath, [...args], { cwd: ROOT, env: environment, stdio: 'ignore' });
      await once(asking, 'exit');
      return asking.exitCode;
    },
    terminate: async () => {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    close: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function onThisMachine(
  env: Readonly<Record<string, string>>,
  hosts: Surroundings['hosts'],
): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    settings[name] = name.startsWith('WAYBILL_LISTEN_')
      ? `127.0.0.1:${await findPrivatePort()}`
      : Object.entries(hosts).reduce(
          (text, [host, address]) => text.replace(`//${host}`, `//${address}`),
          value,
        );
  }
  return settings;
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      text = (text + chunk).slice(-KEPT_OUTPUT_CHARS);
    });
  }
  return () => text;
}
