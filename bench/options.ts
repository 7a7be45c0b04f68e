import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CASES } from './cases/all.js';
import { AOF_MODES } from './lab/redis.js';
import { ROOT } from './report/project.js';
import type { Asked, Case, Size } from './report/result.js';

export type BenchOptions = {
  readonly cases: readonly Case[];
  /** Each case is run once for each. */
  readonly asked: readonly Asked[];
  /** Null: the figures are only shown. */
  readonly resultsFile: string | null;
};

export const USAGE = `npm run bench -- [case …] [options]

  cases            ${CASES.map(({ name }) => name).join(', ')}; all by default, or those that a word names
  --rounds N       rounds of which a figure is the median (5)
  --scale X        multiplies every count (1)
  --full           every setting, at full size: hours on a small machine
  --aof MODE       everysec (default), always, or both
  --setting LxCxW  throughput only so: L ms provider, C in flight, W workers, as 20x500x1; may be repeated
  --profile        throughput, receipts, deep lane, idle latency: shows where the time goes; writes no results
  --quick          one tiny round, to see that it works; writes no results unless --results is given
  --results FILE   where the results go (bench/RESULTS.md)
`;

/** What the command line does not say right. */
export class UsageError extends Error {}

const flags = {
  rounds: { type: 'string' },
  scale: { type: 'string' },
  full: { type: 'boolean', default: false },
  aof: { type: 'string', default: 'everysec' },
  setting: { type: 'string', multiple: true },
  profile: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  results: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const rounds = z.coerce.number().int().min(1);
const scale = z.coerce.number().positive();
const aof = z.union([
  z.enum(AOF_MODES).transform((mode) => [mode]),
  z.literal('both').transform(() => AOF_MODES),
]);

const setting = z
  .string()
  .regex(/^\d+x[1-9]\d*x[1-9]\d*$/, { error: 'must be three numbers, as 20x500x1' })
  .transform((text) => text.split('x').map(Number))
  .transform(([latencyMs = 0, concurrency = 1, workers = 1]) => ({ latencyMs, concurrency, workers }));

const QUICK_SCALE = 0.02;
const USUAL_RESULTS = join(ROOT, 'bench', 'RESULTS.md');

/** @throws UsageError */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = readArgs(args);
  if (values.help) throw new UsageError(USAGE);
  const { quick, profile } = values;
  const amounts = {
    size: sizeOf(values),
    rounds: read('--rounds', rounds, values.rounds ?? (quick ? '1' : '5')),
    scale: read('--scale', scale, values.scale ?? (quick ? String(QUICK_SCALE) : '1')),
  };
  const settings = (values.setting ?? []).map((text) => read('--setting', setting, text));
  const modes = read('--aof', aof, values.aof);
  return {
    cases: pick(positionals),
    asked: modes.map((mode) => ({ ...amounts, settings, profile, aof: mode })),
    resultsFile: values.results ?? (quick || profile ? null : USUAL_RESULTS),
  };
}

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function read<T>(flag: string, schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${flag} ${text}: ${parsed.error.issues[0]?.message}\n\n${USAGE}`);
}

function pick(words: readonly string[]): readonly Case[] {
  const strange = words.filter((word) => !CASES.some(({ name }) => name.includes(word)));
  if (strange.length > 0) throw new UsageError(`There is no case ${strange.join(', ')}\n\n${USAGE}`);
  return CASES.filter((each) => words.length === 0 || words.some((word) => isMeant(each, word)));
}

function sizeOf({ quick, full }: { readonly quick: boolean; readonly full: boolean }): Size {
  if (quick) return 'quick';
  return full ? 'full' : 'usual';
}

/** A case's whole name means that one alone, though it may be part of another's. */
function isMeant({ name }: Case, word: string): boolean {
  return CASES.some((each) => each.name === word) ? name === word : name.includes(word);
}
