import { Option } from 'commander';
import { z } from 'zod';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import { withClient } from '../with-client.js';

const input = z.object({
  delivery: text,
  from: text.optional(),
  id: text.optional(),
  localStorage: flag,
  json: flag,
});

const options: readonly Option[] = [
  fromOption(),
  new Option('--id <id>', 'the new delivery’s id; default: one is made'),
  new Option('--local-storage', 'the provider fetches the file first: for links that WhatsApp cannot reach'),
  jsonOption(),
];

/** `waybill resend <delivery>`: a new delivery of one that failed or expired. */
export function addResend(host: CommandHost): void {
  addCommand(host, {
    usage: 'resend <delivery>',
    summary: 'make a new delivery of one that failed or expired',
    options,
    input,
    help: 'The request is kept for 24 h after the end; after that the delivery has to be enqueued anew.',
    run: ({ delivery, from, id, localStorage, json }, context) =>
      withClient(context, async ({ operator }) => {
        const { output } = context;
        const narrow = from === undefined ? {} : { from };
        const named = id === undefined ? {} : { id };
        const resent = await operator.resend(delivery, { ...named, localStorage }, narrow);
        for (const { pointer, detail } of resent.warnings) output.note(`${pointer} ${detail}`);
        if (json) output.json(resent);
        else output.line(`${resent.id} ${resent.status}${resent.duplicate ? ' (made before)' : ''}`);
        return EXIT.done;
      }),
  });
}
