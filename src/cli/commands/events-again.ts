import { Option } from 'commander';
import { z } from 'zod';
import { readSettings } from '../../app/boot.js';
import { type Replayed, withReplaying } from '../../app/replay.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { eventText } from '../event-text.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { moment } from '../moment.js';
import { flag, jsonOption, text } from '../options.js';

const endpointOption = () =>
  new Option('--endpoint <name>', 'only this one of WAYBILL_EVENT_ENDPOINTS; default: all');

/** `waybill events replay`: posts what happened since then once more. */
export function addReplay(host: CommandHost): void {
  addCommand(host, {
    usage: 'replay',
    summary: 'post the events since a time to their endpoints once more',
    options: [
      new Option('--since <time>', 'ISO 8601 or epoch milliseconds').makeOptionMandatory(),
      endpointOption(),
    ],
    input: z.object({ since: moment, endpoint: text.optional() }),
    help: 'They keep their ids. Exits 0 when all were taken, 1 when some were not.',
    run: ({ since, endpoint: name }, { env, output }) =>
      withReplaying(readSettings(env()), async (replaying) => {
        let failed = 0;
        for (const endpoint of replaying.endpoints(name)) {
          const replayed = await replaying.since(endpoint, since);
          output.line(`${endpoint.name}: ${inWords(replayed)}`);
          failed += replayed.failed;
        }
        return failed === 0 ? EXIT.done : EXIT.refused;
      }),
  });
}

const deadInput = z.object({ endpoint: text.optional(), replay: flag, json: flag });

/** `waybill events dead`: what the endpoints did not take within a day. */
export function addDead(host: CommandHost): void {
  addCommand(host, {
    usage: 'dead',
    summary: 'list the events that an endpoint has not taken, or post them once more',
    options: [
      endpointOption(),
      new Option('--replay', 'post them; those that are taken leave the list'),
      jsonOption(),
    ],
    input: deadInput,
    run: (input, context) => (input.replay ? revive(input, context) : list(input, context)),
  });
}

type DeadInput = z.infer<typeof deadInput>;

function list({ endpoint: name, json }: DeadInput, { env, output }: CliContext): Promise<ExitCode> {
  return withReplaying(readSettings(env()), async (replaying) => {
    for (const endpoint of replaying.endpoints(name)) {
      for await (const { event, reason } of replaying.dead(endpoint)) {
        if (json) output.json({ endpoint: endpoint.name, reason, event });
        else output.line(`${endpoint.name}  ${reason}  ${eventText(event, output.paint)}`);
      }
    }
    return EXIT.done;
  });
}

function revive({ endpoint: name }: DeadInput, { env, output }: CliContext): Promise<ExitCode> {
  return withReplaying(readSettings(env()), async (replaying) => {
    let failed = 0;
    for (const endpoint of replaying.endpoints(name)) {
      const replayed = await replaying.revive(endpoint);
      output.line(`${endpoint.name}: ${inWords(replayed)}`);
      failed += replayed.failed;
    }
    return failed === 0 ? EXIT.done : EXIT.refused;
  });
}

function inWords({ taken, failed }: Replayed): string {
  return `${taken} taken${failed === 0 ? '' : `, ${failed} not`}`;
}
