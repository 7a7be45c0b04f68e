import { Option } from 'commander';
import { z } from 'zod';
import { type Env, readSettings } from '../../app/boot.js';
import type { Endpoint, Replayed, Replaying } from '../../app/replay.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { eventText } from '../event-text.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { moment } from '../moment.js';
import { flag, jsonOption, text, wantYes } from '../options.js';

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
      yesOption(),
      jsonOption(),
    ],
    input: z.object({ since: moment, endpoint: text.optional(), yes: flag, json: flag }),
    help: 'They keep their ids. Exits 0 when all were taken, 1 when some were not, 2 without --yes.',
    run: ({ since, ...given }, context) =>
      again(given, context, {
        count: (endpoint, { countSince }) => countSince(endpoint, since),
        post: (endpoint, replaying) => replaying.since(endpoint, since),
      }),
  });
}

const deadInput = z.object({ endpoint: text.optional(), replay: flag, yes: flag, json: flag });

/** `waybill events dead`: what the endpoints did not take within a day. */
export function addDead(host: CommandHost): void {
  addCommand(host, {
    usage: 'dead',
    summary: 'list the events that an endpoint has not taken, or post them once more',
    options: [
      endpointOption(),
      new Option('--replay', 'post them; those that are taken leave the list'),
      yesOption(),
      jsonOption(),
    ],
    input: deadInput,
    run: (input, context) => (input.replay ? again(input, context, REVIVING) : list(input, context)),
  });
}

const yesOption = () => new Option('--yes', 'post them, instead of telling how many there are');

type Listing = Pick<z.infer<typeof deadInput>, 'endpoint' | 'json'>;

function list({ endpoint: name, json }: Listing, { env, output }: CliContext): Promise<ExitCode> {
  return whileReplaying(env(), async (replaying) => {
    for (const endpoint of replaying.endpoints(name)) {
      for await (const { event, reason } of replaying.dead(endpoint)) {
        if (json) output.json({ endpoint: endpoint.name, reason, event });
        else output.line(`${endpoint.name}  ${reason}  ${eventText(event, output.paint)}`);
      }
    }
    return EXIT.done;
  });
}

type Again = {
  readonly count: (endpoint: Endpoint, replaying: Replaying) => Promise<number>;
  readonly post: (endpoint: Endpoint, replaying: Replaying) => Promise<Replayed>;
};

const REVIVING: Again = {
  count: (endpoint, { countDead }) => countDead(endpoint),
  post: (endpoint, { revive }) => revive(endpoint),
};

/** Posts events to their endpoints where that is confirmed; else tells how many there are. */
function again(
  { endpoint: name, yes, json }: Listing & { readonly yes: boolean },
  { env, output }: CliContext,
  { count, post }: Again,
): Promise<ExitCode> {
  return whileReplaying(env(), async (replaying) => {
    let [ready, failed] = [0, 0];
    for (const endpoint of replaying.endpoints(name)) {
      const done = yes ? await post(endpoint, replaying) : { ready: await count(endpoint, replaying) };
      if (json) output.json({ endpoint: endpoint.name, ...done });
      else output.line(`${endpoint.name}: ${'ready' in done ? `${done.ready} to post` : inWords(done)}`);
      if ('ready' in done) ready += done.ready;
      else failed += done.failed;
    }
    if (ready > 0) return wantYes(output, 'posted');
    return failed === 0 ? EXIT.done : EXIT.refused;
  });
}

/** What posts events is loaded where it is asked for: every other command would wait for it. */
async function whileReplaying(env: Env, act: (replaying: Replaying) => Promise<ExitCode>): Promise<ExitCode> {
  const { withReplaying } = await import('../../app/replay.js');
  return withReplaying(readSettings(env), act);
}

function inWords({ taken, failed }: Replayed): string {
  return `${taken} taken${failed === 0 ? '' : `, ${failed} not`}`;
}
