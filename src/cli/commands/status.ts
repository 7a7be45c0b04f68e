import { Option } from 'commander';
import { z } from 'zod';
import { addCommand, type CommandHost } from '../define.js';
import { deliveryJson, deliveryText } from '../delivery-text.js';
import { EXIT } from '../exit-codes.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import { formatTime } from '../times.js';
import { watchDelivery } from '../watch-delivery.js';
import { withClient } from '../with-client.js';

const GOALS = ['accepted', 'sent', 'delivered', 'read'] as const;

const input = z.object({
  id: text,
  from: text.optional(),
  watch: flag,
  until: z.enum(GOALS).default('delivered'),
  json: flag,
});

const options: readonly Option[] = [
  fromOption(),
  new Option('--watch', 'follow it until it has arrived or ended otherwise'),
  new Option('--until <status>', 'with --watch: what counts as arrived; default delivered').choices(GOALS),
  jsonOption(),
];

/** `waybill status <id>`: where a delivery is, why, and how it got there. */
export function addStatus(host: CommandHost): void {
  addCommand(host, {
    usage: 'status <id>',
    summary: 'tell where a delivery is, and why',
    options,
    input,
    help: 'With --watch the exit code is 1 when the delivery ends without having arrived.',
    run: ({ id, from, watch, until, json }, context) =>
      withClient(context, async ({ explainer }) => {
        const { output, now } = context;
        const narrow = from === undefined ? {} : { from };
        const found = await explainer.delivery(id, narrow, formatTime);
        if (json) output.json(deliveryJson(found));
        else output.lines(deliveryText(found, { now: now(), paint: output.paint }));
        if (!watch) return EXIT.done;
        const again = () => explainer.delivery(id, { from: found.view.from }, formatTime);
        return watchDelivery({ found, until, json, again, stop: context.stop() }, output);
      }),
  });
}
