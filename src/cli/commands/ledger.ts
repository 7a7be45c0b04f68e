import { Option } from 'commander';
import { z } from 'zod';
import type { Client, LedgerRow, NamedAccount, OtherSession } from '../../app/client.js';
import { ledgerCsv, ledgerLines, spelled } from '../../domain/ledger-lines.js';
import { maskNumber } from '../../domain/mask.js';
import { billingMonth } from '../../domain/session.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import { type Output, table } from '../output.js';
import { formatTime } from '../times.js';
import { UsageError } from '../usage-error.js';
import { withClient } from '../with-client.js';

const input = z.object({
  from: text.optional(),
  month: z
    .string()
    .regex(/^20\d\d-(0[1-9]|1[0-2])$/, { error: 'must be a month such as 2026-11' })
    .optional(),
  csv: flag,
  json: flag,
  fullNumbers: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  fromOption(),
  new Option('--month <yyyy-mm>', 'default: the present one'),
  new Option('--csv', 'comma-separated, with a head'),
  jsonOption(),
  new Option('--full-numbers', 'recipients’ numbers unmasked, to compare with the bill'),
];

/** `waybill ledger`: the paid sessions of a month, what the bill should say. */
export function addLedger(host: CommandHost): void {
  addCommand(host, {
    usage: 'ledger',
    summary: 'list the paid sessions of a month',
    options,
    input,
    help: 'Without --from it is about every account; where there are several, each line then names its own.',
    run: showLedger,
  });
}

async function showLedger(given: Input, context: CliContext): Promise<ExitCode> {
  if (given.csv && given.json) throw new UsageError('--csv and --json do not go together');
  const { output, now } = context;
  return withClient(context, async (client) => {
    const accounts =
      given.from === undefined ? await client.accounts.all() : [await client.account(given.from)];
    const shown: Shown[] = [];
    for (const account of accounts) shown.push(await readMonth(account, given, { client, output, now }));
    if (given.json) output.lines(shown.flatMap((each) => jsonOf(each, accounts.length > 1)));
    else if (given.csv) output.lines(csvOf(shown));
    else tellAll(shown, output);
    return EXIT.done;
  });
}

/** What our deliveries opened, and apart from it what another sender may have. */
type Shown = {
  readonly name: string;
  readonly month: string;
  readonly timeZone: string;
  readonly rows: readonly LedgerRow[];
  readonly others: readonly OtherSession[];
};

type Reading = { readonly client: Client } & Pick<CliContext, 'output' | 'now'>;

async function readMonth(
  { from, name }: NamedAccount,
  given: Input,
  { client, output, now }: Reading,
): Promise<Shown> {
  const { timeZone, isDefault } = await client.zoneOf(from);
  if (isDefault)
    output.note(`no worker has published the budget of ${name}: months are those of ${timeZone}`);
  const month = given.month ?? billingMonth(now(), timeZone);
  const asked = { from, month, timeZone };
  const [rows, others] = await Promise.all([client.ledger(asked), client.otherSessions(asked)]);
  return { name, month, timeZone, rows: named(rows, given), others: named(others, given) };
}

function jsonOf({ name, ...shown }: Shown, isOneOfMany: boolean): readonly string[] {
  return ledgerLines(shown).map((line) =>
    JSON.stringify({ ...spelled(line), ...(isOneOfMany ? { account: name } : {}) }),
  );
}

/** Where there are several accounts, the last column names them. */
function csvOf(shown: readonly Shown[]): readonly string[] {
  const tables = shown.map((each) => ({ name: each.name, lines: ledgerCsv(ledgerLines(each)) }));
  const [only, ...others] = tables;
  if (others.length === 0) return only?.lines ?? [];
  const [head = ''] = only?.lines ?? [];
  return [
    `${head},account`,
    ...tables.flatMap(({ name, lines }) => lines.slice(1).map((line) => `${line},${name}`)),
  ];
}

function tellAll(shown: readonly Shown[], output: Output): void {
  for (const [index, each] of shown.entries()) {
    if (index > 0) output.line('');
    tell(each, output);
  }
  if (shown.length === 0) output.note('No account is configured here, and no worker has published one.');
}

function named<T extends { readonly to: string }>(rows: readonly T[], { fullNumbers }: Input): readonly T[] {
  return fullNumbers ? rows : rows.map((row) => ({ ...row, to: maskNumber(row.to) }));
}

function tell({ name, month, timeZone, rows, others }: Shown, output: Output): void {
  const opened = ({ openedAt }: OtherSession) => formatTime(openedAt, timeZone);
  const cells = rows.map((row) => [opened(row), row.to, row.openedBy, String(row.messages)]);
  const messages = rows.reduce((sum, row) => sum + row.messages, 0);
  output.line(output.paint.strong(`${name}, ${month} (${timeZone})`));
  if (rows.length > 0) output.lines(table(['opened', 'to', 'by', 'messages'], cells));
  output.line(`${count(rows.length, 'session')}, ${count(messages, 'message')}`);
  if (others.length === 0) return;
  output.line('');
  output.line(
    output.paint.strong('Not counted above: may have been opened by another sender from this number'),
  );
  output.lines(
    table(
      ['opened', 'to', 'messages'],
      others.map((row) => [opened(row), row.to, String(row.messages)]),
    ),
  );
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
