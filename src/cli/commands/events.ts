import { Option } from 'commander';
import { z } from 'zod';
import { reasonInWords } from '../../domain/reason-words.js';
import type { StatusEvent } from '../../index.js';
import { addCommand, type CommandHost } from '../define.js';
import { paintStatus } from '../delivery-text.js';
import { EXIT } from '../exit-codes.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import type { Paint } from '../output.js';
import { formatTime } from '../times.js';
import { withClient } from '../with-client.js';

const input = z.object({ from: text.optional(), after: text.optional(), json: flag });

const options: readonly Option[] = [
  fromOption(),
  new Option('--after <event>', 'first those that came after this event; 0: all that are kept'),
  jsonOption(),
];

/** `waybill events`: an account's status changes as they come, until Ctrl-C. */
export function addEvents(host: CommandHost): void {
  addCommand(host, {
    usage: 'events',
    summary: 'follow an account’s deliveries as they move',
    options,
    input,
    run: ({ from: fromOrName, after, json }, context) =>
      withClient(context, async (client) => {
        const { output } = context;
        const { from } = await client.account(fromOrName);
        const resumed = after === undefined ? {} : { after };
        for await (const event of client.waybill.events({ from, signal: context.stop(), ...resumed })) {
          if (json) output.json(event);
          else output.line(eventText(event, output.paint));
        }
        return EXIT.done;
      }),
  });
}

function eventText({ at, deliveryId, status, reason }: StatusEvent, paint: Paint): string {
  const words = reasonInWords(reason);
  const moved = paintStatus(status, paint)(status.padEnd(9));
  return `${paint.faint(formatTime(at))}  ${deliveryId}  ${moved} ${words}`.trimEnd();
}
