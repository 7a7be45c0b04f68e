import { Option } from 'commander';
import { z } from 'zod';
import type { LedgerRow, OtherSession } from '../../app/client.js';
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
    run: showLedger,
  });
}

async function showLedger(given: Input, context: CliContext): Promise<ExitCode> {
  if (given.csv && given.json) throw new UsageError('--csv and --json do not go together');
  const { output, now } = context;
  return withClient(context, async (client) => {
    const { from, name } = await client.account(given.from);
    const { timeZone, isDefault } = await client.zoneOf(from);
    if (isDefault) output.note(`${name} is published by no worker: months are those of ${timeZone}`);
    const month = given.month ?? billingMonth(now(), timeZone);
    const asked = { from, month, timeZone };
    const [rows, others] = await Promise.all([client.ledger(asked), client.otherSessions(asked)]);
    const shown = { rows: named(rows, given), others: named(others, given) };
    if (given.json) for (const line of ledgerLines(shown)) output.json(spelled(line));
    else if (given.csv) output.lines(ledgerCsv(ledgerLines(shown)));
    else tell(shown, { title: `${name}, ${month} (${timeZone})`, timeZone, output });
    return EXIT.done;
  });
}

/** What our deliveries opened, and apart from it what another sender may have. */
type Shown = { readonly rows: readonly LedgerRow[]; readonly others: readonly OtherSession[] };

function named<T extends { readonly to: string }>(rows: readonly T[], { fullNumbers }: Input): readonly T[] {
  return fullNumbers ? rows : rows.map((row) => ({ ...row, to: maskNumber(row.to) }));
}

type Told = { readonly title: string; readonly timeZone: string; readonly output: Output };

function tell({ rows, others }: Shown, { title, timeZone, output }: Told): void {
  const opened = ({ openedAt }: OtherSession) => formatTime(openedAt, timeZone);
  const cells = rows.map((row) => [opened(row), row.to, row.openedBy, String(row.messages)]);
  const messages = rows.reduce((sum, row) => sum + row.messages, 0);
  output.line(output.paint.strong(title));
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
