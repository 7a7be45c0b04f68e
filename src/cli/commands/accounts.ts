import { Option } from 'commander';
import { z } from 'zod';
import type { AccountState } from '../../app/client.js';
import { maskNumber } from '../../domain/mask.js';
import { reasonInWords } from '../../domain/reason-words.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { flag, jsonOption, nameOfPerson, text } from '../options.js';
import { type Paint, plain, table } from '../output.js';
import { formatTime } from '../times.js';
import { withClient } from '../with-client.js';

/** `waybill accounts`, and `pause` and `resume` below it. */
export function addAccounts(host: CommandHost): void {
  const accounts = addCommand(host, {
    usage: 'accounts',
    summary: 'tell the accounts’ gates and queues',
    options: [jsonOption()],
    input: z.object({ json: flag }),
    run: listAccounts,
  });
  addPause(accounts);
  addResume(accounts);
}

function addPause(accounts: CommandHost): void {
  addCommand(accounts, {
    usage: 'pause <account>',
    summary: 'send nothing more for an account; deliveries are kept',
    options: [
      new Option('--reason <text>', 'for those who ask why; default operator'),
      new Option('--by <name>', 'who says so'),
    ],
    input: z.object({
      account: text,
      by: nameOfPerson.default(''),
      reason: text.max(200, { error: 'must be of 200 characters at most' }).default('operator'),
    }),
    run: ({ account, reason, by }, context) =>
      withClient(context, async (client) => {
        const { from, name } = await client.account(account);
        await client.pause(from, { reason: plain(reason), who: plain(by) });
        context.output.line(`${name} paused`);
        return EXIT.done;
      }),
  });
}

function addResume(accounts: CommandHost): void {
  addCommand(accounts, {
    usage: 'resume <account>',
    summary: 'send again for an account',
    input: z.object({ account: text }),
    run: ({ account }, context) =>
      withClient(context, async (client) => {
        const { from, name } = await client.account(account);
        await client.resume(from);
        context.output.line(`${name} resumed`);
        return EXIT.done;
      }),
  });
}

async function listAccounts({ json }: { readonly json: boolean }, context: CliContext): Promise<ExitCode> {
  const { output } = context;
  const states = await withClient(context, (client) => client.states());
  if (json) {
    for (const state of states) output.json({ ...state, from: maskNumber(state.from) });
    return EXIT.done;
  }
  if (states.length === 0) output.note('No account is configured, and no worker has told of one.');
  const rows = states.map((state) => rowOf(state, output.paint));
  if (rows.length > 0) output.lines(table(['name', 'number', 'gate', 'queue', 'jobs'], rows));
  return EXIT.done;
}

function rowOf({ name, from, gate, queuePaused, jobs }: AccountState, paint: Paint): string[] {
  const counts = Object.entries(jobs).filter(([, count]) => count > 0);
  return [
    name,
    maskNumber(from),
    gateInWords(gate, paint),
    queuePaused ? paint.pending('paused') : 'running',
    counts.map(([state, count]) => `${count} ${state}`).join(', ') || 'none',
  ];
}

function gateInWords(gate: AccountState['gate'], paint: Paint): string {
  switch (gate.state) {
    case 'open':
      return paint.good('open');
    case 'until':
      return paint.pending(`closed until ${formatTime(gate.until)}: ${reasonInWords(gate.reason)}`);
    case 'paused':
      return paint.bad(
        `paused since ${formatTime(gate.since)}${byWhom(gate)}: ${reasonInWords(gate.reason)}`,
      );
    default:
      return gate satisfies never;
  }
}

function byWhom({ who }: { readonly who: string }): string {
  return who === '' ? '' : ` by ${plain(who)}`;
}
