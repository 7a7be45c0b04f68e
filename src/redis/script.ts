import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from './connection.js';

/** The parts of a `.lua` file's header that say how it is called. */
export type ScriptSource = {
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly text: string;
  readonly sha: string;
};

type Named = Readonly<Record<string, string | number>>;

/** Runs one script. Keys and arguments are given by the names in its header; the reply is not yet parsed. */
export type RunScript = (name: string, keys: Named, args: Named) => Promise<unknown>;

const folder = join(__dirname, 'lua');
const sources = new Map<string, ScriptSource>();

export function createScriptRunner(redis: Redis): RunScript {
  return async (name, keys, args) => {
    const source = loadScript(name);
    const values = [...pick(source, 'keys', keys), ...pick(source, 'args', args)];
    try {
      return await redis.evalsha(source.sha, source.keys.length, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(source.text, source.keys.length, ...values);
    }
  };
}

/** Reads a script once: its includes come first, then names for KEYS and ARGV, so that no body counts them. */
export function loadScript(name: string): ScriptSource {
  const known = sources.get(name);
  if (known !== undefined) return known;
  const body = readFileSync(join(folder, `${name}.lua`), 'utf8');
  const keys = header(body, 'KEYS');
  const args = header(body, 'ARGV');
  const includes = header(body, 'include').map((part) =>
    readFileSync(join(folder, 'include', `${part}.lua`), 'utf8'),
  );
  const text = [locals(keys, 'KEYS'), locals(args, 'ARGV'), ...includes, body].join('\n');
  const source = { name, keys, args, text, sha: createHash('sha1').update(text).digest('hex') };
  sources.set(name, source);
  return source;
}

function header(body: string, word: string): readonly string[] {
  const line = new RegExp(`^-- ${word}: (.*)$`, 'm').exec(body)?.[1];
  return line === undefined ? [] : line.trim().split(/\s+/);
}

function locals(names: readonly string[], table: 'KEYS' | 'ARGV'): string {
  if (names.length === 0) return '';
  const values = names.map((_, index) => `${table}[${index + 1}]`);
  return `local ${names.join(', ')} = ${values.join(', ')}`;
}

function pick({ name, ...source }: ScriptSource, part: 'keys' | 'args', given: Named): (string | number)[] {
  return source[part].map((wanted) => {
    const value = given[wanted];
    if (value === undefined) throw new TypeError(`script ${name} needs ${wanted}`);
    return value;
  });
}
