import { Option } from 'commander';
import { z } from 'zod';
import { faultSchema } from '../sandbox/faults/fault.js';
import { faultsInWords, inputWords } from '../sandbox/input-words.js';
import type { CommandHost } from '../src/cli/define.js';
import { flag, text } from '../src/cli/options.js';
import { UsageError } from '../src/cli/usage-error.js';
import { DAY, HOUR, MINUTE, SECOND } from '../src/domain/time.js';
import { seed } from './sandbox-flags.js';
import { addVerb } from './sandbox-verb.js';

/** Time, trouble and keys. */
export function addStageVerbs(sandbox: CommandHost): void {
  addReset(sandbox);
  addAdvance(sandbox);
  addFault(sandbox);
  addAccount(sandbox);
}

function addReset(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'reset [seed]',
    summary:
      'begin anew, as between two tests: nothing seen, nothing due, no time travelled; same draws unless another seed is given',
    example: 'reset 7',
    input: z.object({ seed: seed.optional() }),
    act: async (given, client) => `begun anew with seed ${await client.reset(given)}`,
  });
}

const SPANS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

const span = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, { error: 'must be a span such as 25h, 10m or 30s' })
  .transform((words) => Number.parseInt(words, 10) * (SPANS[words.replace(/\d+/, '')] ?? 0));

function addAdvance(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'advance [span]',
    summary: 'move the sandbox’s clock on: 25h, 10m, 30s; without a span tell its time',
    example: 'advance 25h',
    input: z.object({ span: span.optional() }),
    act: async ({ span: ms }, client) =>
      new Date(ms === undefined ? await client.now() : await client.advance(ms)).toISOString(),
  });
}

const EXAMPLE = `such as '{"kind":"fail","reason":6}'`;

function addFault(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'fault [json]',
    summary: 'have calls go wrong, by recipient, times and probability',
    example: `fault '{"kind":"fail","reason":6,"times":2,"to":"972501234567","probability":0.5}'`,
    options: [new Option('--clear', 'forget every fault')],
    input: z.object({ json: z.string().optional(), clear: flag }),
    act: async ({ json, clear }, client) => {
      if ((json === undefined) !== clear)
        throw new UsageError(`give a fault as JSON, ${EXAMPLE}, or --clear`);
      if (json === undefined) await client.clearFaults();
      else await client.fault(readFault(json));
      return json === undefined ? 'faults cleared' : 'fault set';
    },
  });
}

function readFault(json: string) {
  const parsed = faultSchema.safeParse(parseJson(json), { error: inputWords });
  if (parsed.success) return parsed.data;
  throw new UsageError(`<json>: ${faultsInWords(parsed.error)}`, { cause: parsed.error });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new UsageError(`<json>: must be a fault as JSON, ${EXAMPLE}`, { cause });
  }
}

function addAccount(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'key <from> <apiKey>',
    summary: 'add an account by its number, or give it another key: the old one is wrong from then on',
    example: 'key 972771234567 another-key',
    input: z.object({ from: text, apiKey: text }),
    act: async (account, client) => {
      await client.account(account);
      return 'key set';
    },
  });
}
