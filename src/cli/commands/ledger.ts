import { Option } from 'commander';
import { z } from 'zod';
import type { LedgerRow } from '../../app/client.js';
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
    const { timeZone, isDefault } = client.zoneOf(from);
    if (isDefault) output.note(`${name} is not configured here: months are those of ${timeZone}`);
    const month = given.month ?? billingMonth(now(), timeZone);
    const rows = await client.ledger({ from, month, timeZone });
    const shown = given.fullNumbers ? rows : rows.map((row) => ({ ...row, to: maskNumber(row.to) }));
    if (given.json) for (const row of shown) output.json({ ...row, openedAt: isoTime(row) });
    else if (given.csv) output.lines(csvOf(shown));
    else tell(shown, { title: `${name}, ${month} (${timeZone})`, timeZone, output });
    return EXIT.done;
  });
}

type Told = { readonly title: string; readonly timeZone: string; readonly output: Output };

function tell(rows: readonly LedgerRow[], { title, timeZone, output }: Told): void {
  const cells = rows.map((row) => [
    formatTime(row.openedAt, timeZone),
    row.to,
    row.openedBy,
    String(row.messages),
  ]);
  const messages = rows.reduce((sum, row) => sum + row.messages, 0);
  output.line(output.paint.strong(title));
  if (rows.length > 0) output.lines(table(['opened', 'to', 'by', 'messages'], cells));
  output.line(`${count(rows.length, 'session')}, ${count(messages, 'message')}`);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** No field holds a comma or a quote: times, numbers, ids, counts. */
function csvOf(rows: readonly LedgerRow[]): string[] {
  const lines = rows.map((row) => [isoTime(row), row.to, row.openedBy, row.messages].join(','));
  return ['openedAt,to,openedBy,messages', ...lines];
}

function isoTime({ openedAt }: LedgerRow): string {
  return new Date(openedAt).toISOString();
}
