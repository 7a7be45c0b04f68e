import { Option } from 'commander';
import { z } from 'zod';
import type { Client } from '../../app/client.js';
import { maskNumber } from '../../domain/mask.js';
import { quarantineInWords, type ReplayedCallback, type ShownCallback } from '../../domain/quarantine.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { flag, jsonOption, text, whole } from '../options.js';
import { type Output, plain, table } from '../output.js';
import { formatWhen } from '../times.js';
import { UsageError } from '../usage-error.js';
import { withClient } from '../with-client.js';

/** `waybill webhooks list`, `show` and `replay`: callbacks that could not be applied. */
export function addKeptCallbacks(host: CommandHost): void {
  addList(host);
  addShow(host);
  addReplay(host);
}

function addList(host: CommandHost): void {
  addCommand(host, {
    usage: 'list',
    summary: 'list the callbacks that could not be applied, newest first, and why',
    options: [
      new Option('--limit <number>', 'at most so many, up to 500; default 50'),
      new Option('--cursor <cursor>', 'go on where the last page ended'),
      jsonOption(),
    ],
    input: z.object({ limit: whole(1, 500).default(50), cursor: text.optional(), json: flag }),
    run: ({ json, ...asked }, context) =>
      withClient(context, async (client) => {
        const { output, now } = context;
        const page = await client.quarantine.list(asked);
        const named = await withNames(page.callbacks, client);
        if (json) for (const row of named) output.json(row);
        else if (named.length > 0) {
          const rows = named.map(({ id, receivedAt, account, words }) => [
            id,
            formatWhen(receivedAt, now()),
            account ?? '',
            plain(words),
          ]);
          output.lines(table(['id', 'came', 'account', 'why it was not applied'], rows));
        }
        if (page.cursor !== null) output.note(`more follow: --cursor ${page.cursor}`);
        else if (named.length === 0) output.note('None.');
        return EXIT.done;
      }),
  });
}

function addShow(host: CommandHost): void {
  addCommand(host, {
    usage: 'show <id>',
    summary: 'show a callback that could not be applied: when it came, why, and its body',
    options: [jsonOption()],
    input: z.object({ id: text, json: flag }),
    help: 'Numbers are masked, and what clients wrote is left out.',
    run: ({ id, json }, context) =>
      withClient(context, async (client) => {
        const { output, now } = context;
        const [callback] = await withNames([await client.quarantine.show(id)], client);
        if (callback === undefined) return EXIT.notFound;
        if (json) output.json(callback);
        else {
          const { paint } = output;
          output.lines([
            `${paint.strong(callback.id)}  ${plain(callback.words)}`,
            `  ${paint.faint('came'.padEnd(8))} ${formatWhen(callback.receivedAt, now())}`,
            `  ${paint.faint('account'.padEnd(8))} ${callback.account ?? 'cannot be read'}`,
            `  ${paint.faint('body'.padEnd(8))} ${plain(callback.body)}`,
          ]);
        }
        return EXIT.done;
      }),
  });
}

/** With accounts by name, and why in words. */
async function withNames(callbacks: readonly ShownCallback[], client: Client) {
  const names = new Map((await client.accounts.all()).map(({ from, name }) => [from, name]));
  return callbacks.map(({ account, ...callback }) => ({
    ...callback,
    words: quarantineInWords(callback.reason),
    account: account === null ? null : (names.get(account) ?? maskNumber(account)),
  }));
}

const replayInput = z.object({ id: text.optional(), all: flag, yes: flag, json: flag });
type Replaying = z.output<typeof replayInput>;

function addReplay(host: CommandHost): void {
  addCommand(host, {
    usage: 'replay [id]',
    summary: 'apply a callback that could not be applied when it came, or all',
    options: [
      new Option('--all', 'all that are kept, oldest first'),
      new Option('--yes', 'with --all: do it, instead of telling how many there are'),
      jsonOption(),
    ],
    input: replayInput,
    help: `They are applied as of the time at which they came; those that are applied leave the list.
Exits 0 when all were applied, 1 when some are still not understood, or without --yes.`,
    run: (given, context) => withClient(context, (client) => replay(given, client, context)),
  });
}

async function replay({ id, all, yes, json }: Replaying, client: Client, { output }: CliContext) {
  if ((id === undefined) !== all) throw new UsageError('give the id of one, or --all');
  if (id !== undefined) return tell([await client.quarantine.replay(id)], json, output);
  if (yes) return tell(await client.quarantine.replayAll(), json, output);
  const count = await client.quarantine.count();
  if (json) output.json({ count });
  else output.line(`${count} to replay`);
  if (count > 0) output.note('Nothing was replayed: repeat it with --yes');
  return count === 0 ? EXIT.done : EXIT.refused;
}

function tell(replayed: readonly ReplayedCallback[], json: boolean, output: Output): ExitCode {
  for (const each of replayed) {
    if (json) output.json(each);
    else output.line(`${each.id} ${wordsOf(each)}`);
  }
  if (replayed.length === 0) output.note('None.');
  return replayed.some(({ result }) => result === 'kept') ? EXIT.refused : EXIT.done;
}

function wordsOf(replayed: ReplayedCallback): string {
  if (replayed.result === 'kept') return `kept: ${plain(quarantineInWords(replayed.reason))}`;
  return replayed.result === 'applied' ? 'applied' : 'was applied before';
}
