import { Option } from 'commander';
import { z } from 'zod';
import type { Client, Erased } from '../../app/client.js';
import { pagesOf } from '../bulk.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { recipientOf } from '../filter.js';
import {
  flag,
  fromOption,
  jsonOption,
  signatureOf,
  signatureOptions,
  text,
  wantYes,
  whoField,
  whyField,
} from '../options.js';
import { withClient } from '../with-client.js';

const input = z.object({
  to: text,
  from: text.optional(),
  by: whoField,
  why: whyField,
  yes: flag,
  json: flag,
});

/** `waybill erase <to>`: nothing is kept of a recipient but what the bill needs, without a name. */
export function addErase(host: CommandHost): void {
  addCommand(host, {
    usage: 'erase <to>',
    summary: 'erase all that an account keeps of a recipient',
    options: [
      fromOption(),
      ...signatureOptions(),
      new Option('--yes', 'do it, instead of telling how many deliveries there are'),
      jsonOption(),
    ],
    input,
    help: `What has not been sent is cancelled; refused while something is being sent, or may still be on its way.
The ledger goes on to count the recipient’s sessions, without the number.`,
    run: ({ to, from: fromOrName, yes, json, ...said }, context) =>
      withClient(context, async (client) => {
        const { output } = context;
        const account = await client.account(fromOrName);
        const { from } = account;
        const recipient = recipientOf(to, account, '<to>');
        if (!yes) {
          const deliveries = await countDeliveries(client, from, recipient);
          if (json) output.json({ deliveries });
          else output.line(`${deliveries} deliveries to erase`);
          return wantYes(output, 'erased');
        }
        const erased = await client.operator.erase(from, to, signatureOf(said, context));
        if (json) output.json(erased);
        else output.line(inWords(erased));
        return EXIT.done;
      }),
  });
}

function inWords({ deliveries, jobs, deadEvents, aliases, sessions, messages, callbacks }: Erased): string {
  const ofOthers = `${messages} other messages, ${callbacks} callbacks kept unread, ${deadEvents} events kept unsent`;
  return `erased: ${deliveries} deliveries, ${jobs} jobs, ${aliases} aliases, ${ofOthers}; ${sessions} sessions are nameless now`;
}

async function countDeliveries(client: Client, from: string, to: string): Promise<number> {
  let count = 0;
  for await (const page of pagesOf(client, { from, to })) count += page.length;
  return count;
}
