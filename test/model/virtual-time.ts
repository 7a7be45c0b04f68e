import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Where the schedule's clock stands, in the account's slot. */
export function clockKey(from: string): string {
  return `model:{${from}}:clock`;
}

/**
 * The connection as the stores see it: every script is the real one, but reads the schedule's clock where it would
 * read Redis's, so that a day passes in no time.
 */
export function withVirtualTime(redis: Redis, from: string): Redis {
  const clock = `redis.call('GET', '${clockKey(from)}')`;
  const time = `{ math.floor(${clock} / 1000), ${clock} % 1000 * 1000 }`;
  const timed = (text: string) => text.replaceAll(`redis.call('TIME')`, time);

  return new Proxy(redis, {
    get(target, name) {
      // What is asked for by its digest is another text here: the caller sends the text itself then.
      if (name === 'evalsha') return () => Promise.reject(new Error('NOSCRIPT'));
      if (name === 'eval') {
        return (text: string, ...rest: [number, ...string[]]) => run(target, digestOf(text, timed), rest);
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

type Script = { readonly text: string; readonly sha: string };

const known = new Map<string, Script>();

function digestOf(text: string, timed: (text: string) => string): Script {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const changed = timed(text);
  const script = { text: changed, sha: createHash('sha1').update(changed).digest('hex') };
  known.set(text, script);
  return script;
}

async function run(redis: Redis, { text, sha }: Script, rest: [number, ...string[]]): Promise<unknown> {
  try {
    return await redis.evalsha(sha, ...rest);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(text, ...rest);
  }
}
