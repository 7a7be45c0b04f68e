import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { type Followed, followProcess } from './follow-process.js';
import { eventually } from './wait.js';

export const BINARY = join(__dirname, '..', '..', 'bin', 'waybill.js');
/** A build may have to come first. */
const START_TIMEOUT_MS = 45_000;

/** `waybill` with these arguments, and nothing in its environment but what is given; in a folder, or in this one. */
export function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  folder?: string,
): Followed {
  const child = spawn(process.execPath, [BINARY, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', WAYBILL_NO_INSTALL: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return followProcess(child);
}

/** Waits until it has written this. @throws Error with its output when it ends instead */
export async function untilSaid(command: Followed, words: string): Promise<void> {
  const said = () => command.output().includes(words);
  const what = `A process saying "${words}"`;
  await eventually(() => said() || command.hasEnded(), { timeoutMs: START_TIMEOUT_MS, what });
  if (!said()) throw new Error(`It ended without saying "${words}":\n${command.output()}`);
}

const listeningSchema = z.object({
  msg: z.literal('listening'),
  port: z.number(),
  what: z.string().optional(),
  setting: z.string().optional(),
});

/**
 * Waits until a process of ours has started, and tells where it listens for this.
 * @throws Error with its output when it ends instead
 */
export function portOf(command: Followed, name: 'metrics' | 'WAYBILL_LISTEN_WEBHOOKS'): Promise<number> {
  const ended = command.exited.then((): never => {
    throw new Error(`It ended before it was up:\n${command.output()}`);
  });
  const what = `A process that listens for ${name}`;
  return Promise.race([
    ended,
    eventually(() => findPort(command, name), { timeoutMs: START_TIMEOUT_MS, what }),
  ]);
}

function findPort(command: Followed, name: string): number | undefined {
  const lines = command.output().split('\n');
  if (!lines.some((line) => line.includes('"msg":"started"'))) return undefined;
  const listening = lines.flatMap((line) => listeningSchema.safeParse(parse(line)).data ?? []);
  return listening.find(({ what, setting }) => what === name || setting === name)?.port;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
