import { Option } from 'commander';
import { z } from 'zod';
import type { SandboxClient } from '../sandbox/control/client.js';
import type { CommandHost } from '../src/cli/define.js';
import { flag, fromOption, jsonOption, text } from '../src/cli/options.js';
import { plain, table } from '../src/cli/output.js';
import { maskText } from '../src/domain/mask.js';
import { accountNumber, addVerb } from './sandbox-verb.js';

type Of = { readonly from?: string | undefined; readonly to?: string | undefined };

type Reading = {
  readonly name: string;
  readonly summary: string;
  /** Fields that people see; `--json` has all of them. */
  readonly columns: readonly string[];
  /** Whether an account or a client may be named. */
  readonly narrows: boolean;
  readonly read: (client: SandboxClient, of: Of) => Promise<readonly object[]>;
};

const READINGS: readonly Reading[] = [
  {
    name: 'accepted',
    summary: 'messages that send calls made, oldest first',
    columns: ['at', 'to', 'kind', 'caption', 'state', 'unique'],
    narrows: true,
    read: (client, of) => client.accepted(of),
  },
  {
    name: 'seen',
    summary: 'every call that arrived, also those that were refused',
    columns: ['order', 'at', 'endpoint', 'answer', 'unique'],
    narrows: false,
    read: (client) => client.requests(),
  },
  {
    name: 'history',
    summary: 'an account’s messages both ways, newest first',
    columns: ['at', 'origin', 'to', 'kind', 'body', 'state', 'unique'],
    narrows: true,
    read: (client, of) => client.history(of),
  },
  {
    name: 'callbacks',
    summary: 'every POST to a webhook, and how it was answered',
    columns: ['order', 'at', 'attempt', 'status', 'payload'],
    narrows: false,
    read: (client) => client.callbacks(),
  },
  {
    name: 'bill',
    summary: 'paid sessions, oldest first',
    columns: ['from', 'to', 'openedAt', 'messages'],
    narrows: false,
    read: (client) => client.bill(),
  },
  {
    name: 'counts',
    summary: 'how many calls, messages, refusals, faults and callbacks there were',
    columns: ['requests', 'accepted', 'refused', 'faulted', 'callbacksPosted', 'callbacksLost'],
    narrows: false,
    read: async (client) => [await client.counts()],
  },
  {
    name: 'windows',
    summary: 'customer windows of the conversations so far',
    columns: ['from', 'to', 'state', 'closesAt'],
    narrows: true,
    read: (client, of) => client.windows(of),
  },
  {
    name: 'accounts',
    summary: 'the accounts and their webhooks, without keys and tokens',
    columns: ['from', 'webhook'],
    narrows: false,
    read: (client) => client.accounts(),
  },
  {
    name: 'faults',
    summary: 'faults that may still strike, with the times that are left',
    columns: ['kind', 'on', 'to', 'times', 'probability'],
    narrows: false,
    read: (client) => client.faults(),
  },
];

/** What was seen: a table for people, or one object a line. */
export function addReadingVerbs(sandbox: CommandHost): void {
  for (const reading of READINGS) addReading(sandbox, reading);
}

function addReading(sandbox: CommandHost, { name, summary, columns, narrows, read }: Reading): void {
  const narrowing = [fromOption(), new Option('--to <client>', 'of this client')];
  addVerb(sandbox, {
    usage: name,
    summary,
    example: narrows ? `${name} --to 972501234567` : `${name} --json`,
    options: [...(narrows ? narrowing : []), jsonOption()],
    input: z.object({ from: text.optional(), to: text.optional(), json: flag }),
    act: async ({ from, to, json }, client, context) => {
      const found = await read(client, { from: accountNumber(from, context), to });
      if (json) return found.map((each) => JSON.stringify(each));
      return table(
        columns,
        found.map((each) =>
          columns.map((column) => cellOf(column, new Map(Object.entries(each)).get(column))),
        ),
      );
    },
  });
}

const TIMES: ReadonlySet<string> = new Set(['at', 'openedAt', 'closesAt']);

function cellOf(column: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (TIMES.has(column)) return new Date(Number(value)).toISOString();
  if (column === 'unique') return String(value);
  return maskText(plain(typeof value === 'object' ? JSON.stringify(value) : String(value)));
}
