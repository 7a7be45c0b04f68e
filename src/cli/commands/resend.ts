import { Option } from 'commander';
import { z } from 'zod';
import type { Client } from '../../app/client.js';
import { type Bulk, runBulk } from '../bulk.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { filterFields, filterOf, filterOptions, refuseFilters, wantFilter } from '../filter.js';
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
import { UsageError } from '../usage-error.js';
import { withClient } from '../with-client.js';

const input = z.object({
  delivery: text.optional(),
  ...filterFields,
  id: text.optional(),
  localStorage: flag,
  by: whoField,
  why: whyField,
  yes: flag,
  json: flag,
});
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  new Option('--id <id>', 'the new delivery’s id; default: one is made'),
  new Option('--local-storage', 'the provider fetches the file first: for links that WhatsApp cannot reach'),
  ...filterOptions(),
  ...signatureOptions(),
  yesOption(),
  jsonOption(),
];

/** `waybill resend [delivery]`: a new delivery of one that failed or expired. */
export function addResend(host: CommandHost): void {
  addCommand(host, {
    usage: 'resend [delivery]',
    summary: 'make a new delivery of one that failed or expired, or of many',
    options,
    input,
    help: `The request is kept for 24 h after the end; after that the delivery has to be enqueued anew.
Without a delivery it is about those that failed or expired and that the filters leave; none is made anew twice.`,
    run: ({ delivery, ...given }, context) =>
      delivery === undefined ? resendMany(given, context) : resendOne(delivery, given, context),
  });
}

type Given = Omit<Input, 'delivery'>;

async function resendOne(delivery: string, given: Given, context: CliContext): Promise<ExitCode> {
  refuseFilters(filterOf(given));
  const { from, id, localStorage, json } = given;
  return withClient(context, async ({ operator }) => {
    const { output } = context;
    const asking = { ...signatureOf(given, context), ...(from === undefined ? {} : { from }) };
    const named = id === undefined ? {} : { id };
    const resent = await operator.resend(delivery, { ...named, localStorage }, asking);
    for (const { pointer, detail } of resent.warnings) output.note(`${pointer} ${detail}`);
    if (json) output.json(resent);
    else output.line(`${resent.id} ${resent.status}${resent.duplicate ? ' (made before)' : ''}`);
    return EXIT.done;
  });
}

async function resendMany(given: Given, context: CliContext): Promise<ExitCode> {
  const { id, localStorage, yes, json } = given;
  const filter = filterOf(given);
  if (id !== undefined) throw new UsageError('--id is about one delivery: say which');
  wantFilter(filter);
  const options = { localStorage, ...signatureOf(given, context) };
  return withClient(context, (client) =>
    runBulk({ filter, yes, json }, resending(client, options), { client, output: context.output }),
  );
}

type Resending = Parameters<Client['operator']['resendAll']>[1];

function resending({ operator }: Client, options: Resending): Bulk {
  return {
    verb: 'make anew',
    statuses: ['failed', 'expired'],
    async act(rows) {
      const results = await operator.resendAll(rows, options);
      return results.map((result) => {
        if ('error' in result) return result;
        const { id, resendOf, status, duplicate } = result;
        const line = `${resendOf} made anew as ${id} ${status}${duplicate ? ' (made before)' : ''}`;
        return { id, line, json: result };
      });
    },
  };
}
