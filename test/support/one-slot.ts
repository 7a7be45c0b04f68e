import { type Command, Redis } from 'ioredis';

/** Refuses, in this process, scripts whose keys a cluster would keep in several slots; the result undoes it. */
export function refuseCrossSlot(): () => void {
  const { sendCommand } = Redis.prototype;
  Redis.prototype.sendCommand = function (this: Redis, command: Command, ...more) {
    const tags = new Set(keysOf(command).map(tagOf));
    if (tags.size <= 1) return sendCommand.call(this, command, ...more);
    command.reject(new Error(`CROSSSLOT: a script’s keys have the tags ${[...tags].join(', ')}`));
    return command.promise;
  };
  return () => {
    Redis.prototype.sendCommand = sendCommand;
  };
}

function keysOf({ name, args }: Command): readonly string[] {
  if (!['eval', 'evalsha'].includes(name.toLowerCase())) return [];
  return args.slice(2, 2 + Number(args[1])).map(String);
}

/** What decides a key's slot in a cluster: the text between its first braces, or all of it where there is none. */
export function tagOf(key: string): string {
  return /^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key;
}
