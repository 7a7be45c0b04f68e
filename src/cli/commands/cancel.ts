import { z } from 'zod';
import type { Client } from '../../app/client.js';
import type { Signature } from '../../domain/operation.js';
import { UNSENT } from '../../domain/status.js';
import { type Bulk, runBulk } from '../bulk.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
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
import { withClient } from '../with-client.js';

const input = z.object({
  id: text.optional(),
  ...filterFields,
  by: whoField,
  why: whyField,
  yes: flag,
  json: flag,
});

/** `waybill cancel [id]`: refused once its attempt has begun. */
export function addCancel(host: CommandHost): void {
  addCommand(host, {
    usage: 'cancel [id]',
    summary: 'end a delivery that has not been sent, or many',
    options: [...filterOptions(), ...signatureOptions(), yesOption(), jsonOption()],
    input,
    help: 'Without an id it is about those that have not been sent and that the filters leave.',
    run: async ({ id, by, why, yes, json, ...given }, context) => {
      const { output } = context;
      const said = signatureOf({ by, why }, context);
      const filter = filterOf(given);
      if (id === undefined) wantFilter(filter);
      else refuseFilters(filter);
      return withClient(context, async (client) => {
        if (id === undefined)
          return runBulk({ filter, yes, json }, cancelling(client, said), { client, output });
        await client.operator.cancel(id, {
          ...said,
          ...(given.from === undefined ? {} : { from: given.from }),
        });
        if (json) output.json({ id, status: 'cancelled' });
        else output.line(`${id} cancelled`);
        return EXIT.done;
      });
    },
  });
}

function cancelling({ operator }: Client, said: Signature): Bulk {
  return {
    verb: 'cancel',
    statuses: UNSENT,
    async act(rows) {
      const results = await operator.cancelAll(rows, said);
      return results.map((result) => {
        if ('error' in result) return result;
        const { id, status } = result;
        return { id, line: `${id} ${status}`, json: { id, status } };
      });
    },
  };
}
