import type { Option } from 'commander';
import { z } from 'zod';
import type { Client, Said } from '../../app/client.js';
import { type Bulk, runBulk } from '../bulk.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { filterFields, filterOf, filterOptions, refuseFilters } from '../filter.js';
import {
  flag,
  jsonOption,
  signatureOf,
  signatureOptions,
  text,
  whoField,
  whyField,
  yesOption,
} from '../options.js';
import { resolutionFields, resolutionOf, resolutionOptions } from '../resolution.js';
import { UsageError } from '../usage-error.js';
import { withClient } from '../with-client.js';

const input = z.object({
  id: text.optional(),
  ...resolutionFields,
  ...filterFields,
  by: whoField,
  why: whyField,
  yes: flag,
  json: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  ...resolutionOptions,
  ...signatureOptions(),
  ...filterOptions(),
  yesOption(),
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
Without an id it is about all that are unknown and that the filters leave.`,
    run: (given, context) => {
      const said = { resolution: resolutionOf(given), ...signatureOf(given, context) };
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
  refuseFilters(filterOf(given));
  const narrow = given.from === undefined ? {} : { from: given.from };
  const { status } = await withClient(context, ({ operator }) => operator.resolve(id, said, narrow));
  if (given.json) context.output.json({ id, status });
  else context.output.line(`${id} ${status}`);
  return EXIT.done;
}

async function resolveMany(given: Input, said: Said, context: CliContext): Promise<ExitCode> {
  if (given.unique !== undefined) throw new UsageError('--unique is about one delivery: give its id');
  const { yes, json } = given;
  const { now, output } = context;
  return withClient(context, (client) =>
    runBulk({ filter: filterOf(given), yes, json }, resolving(client, said, now), { client, output }),
  );
}

function resolving({ operator }: Client, said: Said, now: () => number): Bulk {
  return {
    verb: 'resolve',
    statuses: ['unknown'],
    tooEarly: ({ horizonAt }) => (horizonAt ?? 0) > now(),
    early: 'may still be on their way',
    async act(rows) {
      const results = await operator.resolveAll(rows, said);
      return results.map((result) => {
        if ('error' in result) return result;
        const { id, status } = result;
        return { id, line: `${id} ${status}`, json: { id, status } };
      });
    },
  };
}
