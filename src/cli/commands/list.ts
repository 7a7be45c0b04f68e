import { Option } from 'commander';
import { z } from 'zod';
import { LISTED_STATUSES, type ListedDelivery } from '../../app/client.js';
import { maskNumber } from '../../domain/mask.js';
import { reasonInWords } from '../../domain/reason-words.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { filterFields, filterOf, filterOptions } from '../filter.js';
import { flag, jsonOption } from '../options.js';
import { table } from '../output.js';
import { formatWhen } from '../times.js';
import { UsageError } from '../usage-error.js';
import { withClient } from '../with-client.js';

const input = z.object({
  ...filterFields,
  status: z.enum(LISTED_STATUSES),
  reason: z.string().optional(),
  fullNumbers: flag,
  json: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  new Option('--status <status>', 'unknown, or held: by the budget')
    .choices(LISTED_STATUSES)
    .makeOptionMandatory(),
  new Option('--reason <reason>', 'of held ones: budget'),
  ...filterOptions(),
  new Option('--full-numbers', 'recipients’ numbers unmasked'),
  jsonOption(),
];

/** `waybill list`: the deliveries of an account that wait for somebody, oldest first. */
export function addList(host: CommandHost): void {
  addCommand(host, {
    usage: 'list',
    summary: 'list deliveries whose outcome is unknown, or which the budget holds',
    options,
    input,
    help: 'Unknown ones are those that are still asked about; one that was given up is found by its id alone.',
    run: list,
  });
}

async function list(given: Input, context: CliContext): Promise<ExitCode> {
  refuseUnlisted(given);
  const { output, now } = context;
  return withClient(context, async (client) => {
    const { from, name } = await client.account(given.from);
    const found = await client.operator.list({ from, status: given.status, ...filterOf(given) });
    const rows = given.fullNumbers ? found : found.map((row) => ({ ...row, to: maskNumber(row.to) }));
    if (given.json) for (const { from: _from, ...row } of rows) output.json({ account: name, ...row });
    else if (rows.length === 0) output.note('None.');
    else
      output.lines(
        table(
          ['id', 'to', 'since', 'why'],
          rows.map((row) => cellsOf(row, now())),
        ),
      );
    return EXIT.done;
  });
}

/** Said aloud: an empty list would look like an answer. */
function refuseUnlisted({ status, reason }: Input): void {
  if (reason === undefined || (status === 'held' && reason === 'budget')) return;
  throw new UsageError(
    status === 'held'
      ? '--reason: of held deliveries only those held by the budget can be listed'
      : '--reason: only held deliveries are listed by reason, and the only one is budget',
  );
}

function cellsOf({ id, to, since, reason, horizonAt }: ListedDelivery, now: number): readonly string[] {
  const horizon =
    horizonAt !== null && horizonAt > now ? `, not to be resolved before ${formatWhen(horizonAt, now)}` : '';
  return [id, to, formatWhen(since, now), `${reasonInWords(reason)}${horizon}`];
}
