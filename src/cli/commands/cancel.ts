import { z } from 'zod';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import { withClient } from '../with-client.js';

const input = z.object({ id: text, from: text.optional(), json: flag });

/** `waybill cancel <id>`: refused once its attempt has begun. */
export function addCancel(host: CommandHost): void {
  addCommand(host, {
    usage: 'cancel <id>',
    summary: 'end a delivery that has not been sent',
    options: [fromOption(), jsonOption()],
    input,
    run: ({ id, from, json }, context) =>
      withClient(context, async ({ waybill }) => {
        await waybill.cancel(id, from === undefined ? {} : { from });
        if (json) context.output.json({ id, status: 'cancelled' });
        else context.output.line(`${id} cancelled`);
        return EXIT.done;
      }),
  });
}
