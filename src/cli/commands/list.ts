import { Option } from 'commander';
import { z } from 'zod';
import type { DeliveryRow } from '../../app/client.js';
import { maskNumber } from '../../domain/mask.js';
import { endInWords } from '../../domain/reason-words.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { filterFields, filterOf, filterOptions } from '../filter.js';
import { flag, jsonOption, text, whole } from '../options.js';
import { plain, table } from '../output.js';
import { formatWhen } from '../times.js';
import { withClient } from '../with-client.js';

const input = z.object({
  ...filterFields,
  limit: whole(1, 500).optional(),
  cursor: text.optional(),
  fullNumbers: flag,
  json: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  ...filterOptions(),
  new Option('--limit <number>', 'at most so many, up to 500; default 50'),
  new Option('--cursor <cursor>', 'go on where the last page ended'),
  new Option('--full-numbers', 'recipients’ numbers unmasked'),
  jsonOption(),
];

/** `waybill list`: a page of deliveries, newest first. */
export function addList(host: CommandHost): void {
  addCommand(host, {
    usage: 'list',
    summary: 'list deliveries by account, recipient, status, reason and time',
    options,
    input,
    help: 'When more follow, the cursor of the next page is told on stderr; such a page may be short.',
    run: list,
  });
}

async function list(given: Input, context: CliContext): Promise<ExitCode> {
  const { output, now } = context;
  const { limit, cursor: after, fullNumbers, json } = given;
  return withClient(context, async (client) => {
    const page = await client.operator.list({ ...filterOf(given), limit, cursor: after });
    const names = new Map((await client.accounts.all()).map(({ from, name }) => [from, name]));
    const rows = page.deliveries.map(({ from, to, ...row }) => {
      return { account: names.get(from) ?? maskNumber(from), ...row, to: fullNumbers ? to : maskNumber(to) };
    });
    if (json) for (const row of rows) output.json(row);
    else if (rows.length > 0) {
      output.lines(
        table(
          ['id', 'account', 'to', 'made', 'status'],
          rows.map((row) => cellsOf(row, now())),
        ),
      );
    }
    if (page.cursor !== null) output.note(`more may follow: --cursor ${page.cursor}`);
    else if (rows.length === 0) output.note('None.');
    return EXIT.done;
  });
}

type Row = Omit<DeliveryRow, 'from'> & { readonly account: string };

function cellsOf(row: Row, now: number): readonly string[] {
  const { id, account, to, createdAt, horizonAt } = row;
  const horizon =
    horizonAt !== null && horizonAt > now ? `, not to be resolved before ${formatWhen(horizonAt, now)}` : '';
  return [id, account, to, formatWhen(createdAt, now), `${plain(endInWords(row))}${horizon}`];
}
