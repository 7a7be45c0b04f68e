import { Option } from 'commander';
import { z } from 'zod';
import { EVENT_TYPES } from '../../domain/event.js';
import { addCommand, type CommandHost } from '../define.js';
import { eventText } from '../event-text.js';
import { EXIT } from '../exit-codes.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import { withClient } from '../with-client.js';
import { addDead, addReplay } from './events-again.js';
import { addTest } from './events-test.js';

const TYPES_WORDS = `must be some of ${EVENT_TYPES.join(', ')}`;

const input = z.object({
  from: text.optional(),
  after: text.optional(),
  types: z
    .string()
    .transform((list) => list.split(',').map((type) => type.trim()))
    .pipe(z.array(z.enum(EVENT_TYPES, { error: TYPES_WORDS })))
    .optional(),
  json: flag,
});

const options: readonly Option[] = [
  fromOption(),
  new Option(
    '--after <cursor>',
    'first those after this event (its cursor or id), or since this time (ISO 8601); 0: all that are kept',
  ),
  new Option('--types <list>', 'only these types, comma-separated'),
  jsonOption(),
];

/** `waybill events`: what becomes of deliveries and accounts as it comes, until Ctrl-C. */
export function addEvents(host: CommandHost): void {
  const events = addCommand(host, {
    usage: 'events',
    summary: 'follow deliveries and accounts as they change',
    options,
    input,
    run: ({ from, after, types, json }, context) =>
      withClient(context, async (client) => {
        const { output } = context;
        const asked = {
          signal: context.stop(),
          ...(from === undefined ? {} : { from: (await client.account(from)).from }),
          ...(after === undefined ? {} : { after }),
          ...(types === undefined ? {} : { types }),
        };
        for await (const event of client.waybill.events(asked)) {
          if (json) output.json(event);
          else output.line(eventText(event, output.paint));
        }
        return EXIT.done;
      }),
  });
  // Else options of this command would be taken out of what follows the name of one below it.
  events.command.enablePositionalOptions();
  addReplay(events);
  addDead(events);
  addTest(events);
}
