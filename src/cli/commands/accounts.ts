import { z } from 'zod';
import type { AccountState } from '../../app/client.js';
import { maskNumber } from '../../domain/mask.js';
import { reasonInWords } from '../../domain/reason-words.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { flag, jsonOption, signatureOf, signatureOptions, text, whoField, whyField } from '../options.js';
import { type Paint, plain, table } from '../output.js';
import { formatTime } from '../times.js';
import { withClient } from '../with-client.js';

/** `waybill accounts`, and `pause` and `resume` below it. */
export function addAccounts(host: CommandHost): void {
  const accounts = addCommand(host, {
    usage: 'accounts',
    summary: 'show each account’s gate, and its deliveries by what they wait for',
    help: `due: may go now. waiting: for a time or their turn. held: for an event (window, budget, account).
unknown: nobody can say whether they were sent.`,
    options: [jsonOption()],
    input: z.object({ json: flag }),
    run: listAccounts,
  });
  addPause(accounts);
  addResume(accounts);
}

const gateInput = z.object({ account: text, by: whoField, reason: whyField });

function addPause(accounts: CommandHost): void {
  addCommand(accounts, {
    usage: 'pause <account>',
    summary: 'send nothing more for an account; deliveries are kept',
    options: signatureOptions('--reason'),
    input: gateInput,
    run: ({ account, by, reason: why }, context) =>
      withClient(context, async (client) => {
        const { from, name } = await client.account(account);
        await client.operator.pause(from, signatureOf({ by, why }, context));
        context.output.line(`${name} paused`);
        return EXIT.done;
      }),
  });
}

function addResume(accounts: CommandHost): void {
  addCommand(accounts, {
    usage: 'resume <account>',
    summary: 'send again for an account',
    options: signatureOptions('--reason'),
    input: gateInput,
    run: ({ account, by, reason: why }, context) =>
      withClient(context, async (client) => {
        const { from, name } = await client.account(account);
        await client.operator.resume(from, signatureOf({ by, why }, context));
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
  if (states.length === 0) output.note('No account is configured here, and no worker has published one.');
  const rows = states.map((state) => rowOf(state, output.paint));
  if (rows.length > 0) output.lines(table(HEAD, rows));
  return EXIT.done;
}

const HEAD = ['name', 'number', 'gate', 'queue', 'workers', 'due', 'waiting', 'held', 'unknown'];

function rowOf(state: AccountState, paint: Paint): string[] {
  const { name, from, gate, queuePaused, removedAt, workers, due, waiting, held, unknown } = state;
  const removed = removedAt === null ? null : `removed since ${formatTime(removedAt)}`;
  return [
    name,
    maskNumber(from),
    removed === null ? gateInWords(gate, paint) : paint.pending(removed),
    queuePaused ? paint.pending('paused') : 'running',
    workers === 0 ? paint.bad('none') : String(workers),
    ...[due, waiting, held, unknown].map(String),
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

function byWhom({ who, source }: { readonly who: string; readonly source: string }): string {
  const from = source === '' ? '' : ` from the ${plain(source)}`;
  return who === '' && from === '' ? '' : ` by ${plain(who) || 'an operator'}${from}`;
}
