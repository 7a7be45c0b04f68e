import type { Command } from 'ioredis';
import type { Redis } from './connection.js';
import { scriptName } from './script.js';

/** `command`: our script's name, or the command's own. */
export type CommandEnded = { readonly command: string; readonly durationMs: number };

type Options = {
  readonly onEnded: (ended: CommandEnded) => void;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
};

/** Tells how long each command on the connection took until it was answered or given up, waiting for Redis included. */
export function timeCommands(redis: Redis, { onEnded, monotonic }: Options): void {
  /** What was kept for a connection that comes back is sent again by the same call. */
  const begun = new WeakSet<Command>();
  const { sendCommand } = redis;
  redis.sendCommand = (command: Command, ...where: readonly unknown[]) => {
    const send = () => Reflect.apply(sendCommand, redis, [command, ...where]);
    if (begun.has(command)) return send();
    begun.add(command);
    const startedAt = monotonic();
    const end = () => onEnded({ command: nameOf(command), durationMs: monotonic() - startedAt });
    command.promise.then(end, end);
    return send();
  };
}

function nameOf({ name, args }: Command): string {
  const isScript = name === 'evalsha' || name === 'eval';
  return (isScript ? scriptName(String(args[0])) : undefined) ?? name;
}
