import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from './connection.js';
import { type Call, createGatherer, type Values } from './gather.js';
import { runReplicated, waitsForReplicas } from './replicated.js';

/** The parts of a `.lua` file's header that say how it is called. */
export type ScriptSource = {
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  /** The same of a script that takes many: what each of them has of its own. */
  readonly each: { readonly keys: readonly string[]; readonly args: readonly string[] };
  /** What makes the header's names locals; the beginning of `text`. */
  readonly preface: string;
  readonly text: string;
  readonly sha: string;
  /** Where the connection waits for replicas, it does for this one: somebody is told of it, or acts on it. */
  readonly replicated: boolean;
};

type Named = Readonly<Record<string, string | number>>;

/** Keys and arguments by the names in a script's header. */
export type NamedCall = { readonly keys: Named; readonly args: Named };

/** Runs one script. The reply is not yet parsed. */
export type RunScript = (name: string, keys: Named, args: Named) => Promise<unknown>;

/** In parts, that need not be put together: each name stands for its value in the first that has it. */
export type OwnCall = { readonly keys: readonly Named[]; readonly args: readonly Named[] };

/**
 * Runs a script on what is told apart by identity, and so kept by whoever asks often, and on what this call has of its
 * own. A script that takes many is run once for those that are asked for together and share the former.
 */
export type RunTogether = (name: string, shared: NamedCall, own: OwnCall) => Promise<unknown>;

const folder = join(__dirname, 'lua');
const sources = new Map<string, ScriptSource>();
/** By hash and by text: what Redis is told to run. */
const names = new Map<string, string>();

export function createScriptRunner(redis: Redis): RunScript {
  return (name, keys, args) => {
    const source = loadScript(name);
    return evaluate(redis, name, {
      keys: pick(name, source.keys, [keys]),
      args: pick(name, source.args, [args]),
    });
  };
}

export function createTogetherRunner(redis: Redis): RunTogether {
  const gather = createGatherer((name, call) => evaluate(redis, name, call));
  const sharedKeys = pickOnce();
  const sharedArgs = pickOnce();
  return (name, shared, own) => {
    const { keys, args, each } = loadScript(name);
    if (each.keys.length === 0) {
      return evaluate(redis, name, {
        keys: pick(name, keys, [...own.keys, shared.keys]),
        args: pick(name, args, [...own.args, shared.args]),
      });
    }
    return gather({
      name,
      shared: { keys: sharedKeys(name, keys, shared.keys), args: sharedArgs(name, args, shared.args) },
      own: { keys: pick(name, each.keys, own.keys), args: pick(name, each.args, own.args) },
    });
  };
}

/** Picks from each object once. */
function pickOnce(): (script: string, wanted: readonly string[], given: Named) => Values {
  const known = new Map<string, WeakMap<Named, Values>>();
  return (script, wanted, given) => {
    const ofScript = known.get(script) ?? new WeakMap<Named, Values>();
    known.set(script, ofScript);
    const values = ofScript.get(given) ?? pick(script, wanted, [given]);
    ofScript.set(given, values);
    return values;
  };
}

/** Runs a script that takes many; `keys` and `args` are those that all of them share. */
export function runOnMany(
  redis: Redis,
  name: string,
  { keys, args, many }: NamedCall & { readonly many: readonly NamedCall[] },
): Promise<unknown> {
  const { keys: sharedKeys, args: sharedArgs, each } = loadScript(name);
  const call = { keys: [...pick(name, sharedKeys, [keys])], args: [...pick(name, sharedArgs, [args])] };
  for (const one of many) {
    call.keys.push(...pick(name, each.keys, [one.keys]));
    call.args.push(...pick(name, each.args, [one.args]));
  }
  return evaluate(redis, name, call);
}

async function evaluate(redis: Redis, name: string, { keys, args }: Call): Promise<unknown> {
  const { sha, text, replicated } = loadScript(name);
  if (replicated && waitsForReplicas(redis)) return runReplicated(redis, { sha, text, keys, args });
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(text, keys.length, ...keys, ...args);
  }
}

/** Which of our scripts a hash or a text is; undefined for others'. */
export function scriptName(shaOrText: string): string | undefined {
  return names.get(shaOrText);
}

/** Reads a script once: its includes come first, then names for KEYS and ARGV, so that no body counts them. */
export function loadScript(name: string): ScriptSource {
  const known = sources.get(name);
  if (known !== undefined) return known;
  const body = readFileSync(join(folder, `${name}.lua`), 'utf8');
  const keys = header(body, 'KEYS');
  const args = header(body, 'ARGV');
  const each = { keys: header(body, 'each KEYS'), args: header(body, 'each ARGV') };
  const includes = header(body, 'include').map((part) =>
    readFileSync(join(folder, 'include', `${part}.lua`), 'utf8'),
  );
  const preface = [locals(keys, 'KEYS'), locals(args, 'ARGV'), ...picker({ keys, args, each })].join('\n');
  const text = [preface, ...includes, body].join('\n');
  const source = {
    name,
    keys,
    args,
    each,
    preface,
    text,
    sha: createHash('sha1').update(text).digest('hex'),
    replicated: /^-- replicated: /m.test(body),
  };
  sources.set(name, source);
  names.set(source.sha, name).set(text, name);
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

/** `count` of those given, and `pick(n)`, which makes the names stand for what the n-th has of its own. */
function picker({ keys, args, each }: Pick<ScriptSource, 'keys' | 'args' | 'each'>): readonly string[] {
  if (each.keys.length === 0) return [];
  const names = [...each.keys, ...each.args].join(', ');
  const values = [...places('KEYS', keys, each.keys), ...places('ARGV', args, each.args)].join(', ');
  return [
    `local count = (#KEYS - ${keys.length}) / ${each.keys.length}`,
    `local ${names}`,
    `local function pick(n) ${names} = ${values} end`,
  ];
}

function places(table: string, shared: readonly string[], own: readonly string[]): readonly string[] {
  return own.map((_, index) => `${table}[${shared.length} + (n - 1) * ${own.length} + ${index + 1}]`);
}

/** Each name's value in the first that has it. */
function pick(script: string, wanted: readonly string[], given: readonly Named[]): Values {
  return wanted.map((name) => {
    for (const values of given) {
      const value = values[name];
      if (value !== undefined) return value;
    }
    throw new TypeError(`script ${script} needs ${name}`);
  });
}
