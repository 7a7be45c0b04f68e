import { Option } from 'commander';
import { z } from 'zod';
import type { Client, ListedDelivery, ResolvedOrError, Said } from '../../app/client.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { filterFields, filterOf, filterOptions } from '../filter.js';
import { flag, jsonOption, text } from '../options.js';
import { type Output, plain } from '../output.js';
import { resolutionFields, resolutionOf, resolutionOptions } from '../resolution.js';
import { UsageError } from '../usage-error.js';
import { withClient } from '../with-client.js';

const input = z.object({
  id: text.optional(),
  ...resolutionFields,
  ...filterFields,
  by: text.max(64, { error: 'must be of 64 characters at most' }).default(''),
  yes: flag,
  json: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  ...resolutionOptions,
  new Option('--by <name>', 'who says so, for the timeline'),
  ...filterOptions(),
  new Option('--yes', 'without an id: do it, instead of telling how many there are'),
  jsonOption(),
];

/** `waybill resolve [id]`: an operator says what became of an unknown outcome, of one or of many. */
export function addResolve(host: CommandHost): void {
  addCommand(host, {
    usage: 'resolve [id]',
    summary: 'say what became of a delivery whose outcome is unknown',
    options,
    input,
    help: `Refused until the attempt can no longer be on its way; \`waybill status\` tells when that is.
Without an id it is about all of an account that are still asked about, and that the filters leave.`,
    run: (given, context) => {
      const said = { resolution: resolutionOf(given), by: plain(given.by) };
      return given.id === undefined
        ? resolveMany(given, said, context)
        : resolveOne(given.id, { given, said }, context);
    },
  });
}

async function resolveOne(
  id: string,
  { given, said }: { readonly given: Input; readonly said: Said },
  context: CliContext,
): Promise<ExitCode> {
  const { to, since, until } = given;
  if (to !== undefined || since !== undefined || until !== undefined) {
    throw new UsageError('an id and filters do not go together');
  }
  const narrow = given.from === undefined ? {} : { from: given.from };
  const resolved = await withClient(context, ({ operator }) => operator.resolve(id, said, narrow));
  return tell([resolved], given, context.output);
}

async function resolveMany(given: Input, said: Said, context: CliContext): Promise<ExitCode> {
  if (given.unique !== undefined) throw new UsageError('--unique is about one delivery: give its id');
  return withClient(context, async (client) => {
    const found = await findUnknown(client, given);
    const ready = found.filter(({ horizonAt }) => (horizonAt ?? 0) <= context.now());
    const count = { ready: ready.length, early: found.length - ready.length };
    if (!given.yes) return tellCount(count, given, context.output);
    if (count.early > 0) context.output.note(`left as they are: ${earlyInWords(count)}`);
    return tell(await client.operator.resolveAll(ready, said), given, context.output);
  });
}

async function findUnknown(client: Client, given: Input): Promise<readonly ListedDelivery[]> {
  const { from } = await client.account(given.from);
  return client.operator.list({ from, status: 'unknown', ...filterOf(given) });
}

type Count = { readonly ready: number; readonly early: number };

/** What would be done; refused, so that a script that forgot to confirm does not go on. */
function tellCount(count: Count, { json }: Input, output: Output): ExitCode {
  const { ready, early } = count;
  if (json) output.json(count);
  else output.line(`${ready} to resolve${early === 0 ? '' : `; ${earlyInWords(count)}`}`);
  if (ready === 0) return EXIT.done;
  output.complain('nothing was changed: repeat it with --yes');
  return EXIT.refused;
}

function earlyInWords({ early }: Count): string {
  return `${early} more may still be on their way`;
}

function tell(results: readonly ResolvedOrError[], { json }: Input, output: Output): ExitCode {
  for (const result of results) {
    if ('error' in result) output.complain(`${result.id}: ${result.error.message}`);
    else if (json) output.json({ id: result.id, status: result.status });
    else output.line(`${result.id} ${result.status}`);
  }
  return results.some((result) => 'error' in result) ? EXIT.refused : EXIT.done;
}
