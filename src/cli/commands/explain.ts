import { Option } from 'commander';
import { z } from 'zod';
import type { Client } from '../../app/client.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { headline } from '../delivery-text.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { filterFields, recipientOf } from '../filter.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import { type Output, plain } from '../output.js';
import { formatTime } from '../times.js';
import { UsageError } from '../usage-error.js';
import { withClient } from '../with-client.js';

const input = z.object({ id: text.optional(), from: text.optional(), to: filterFields.to, json: flag });
type Input = z.output<typeof input>;

const options: readonly Option[] = [
  fromOption(),
  new Option('--to <recipient>', 'without an id: the conversation with this recipient'),
  jsonOption(),
];

/** `waybill explain [id]`: why a delivery is where it is, or how a conversation stands. */
export function addExplain(host: CommandHost): void {
  addCommand(host, {
    usage: 'explain [id]',
    summary: 'tell why a delivery waits and what for, or how a conversation stands',
    options,
    input,
    help: 'Changes nothing. Of a conversation it tells whether a file may go, and what it would cost now.',
    run: (given, context) => withClient(context, (client) => explain(given, client, context)),
  });
}

async function explain(given: Input, client: Client, { output }: CliContext): Promise<ExitCode> {
  const { id, from, to, json } = given;
  if (id !== undefined && to !== undefined) throw new UsageError('an id and --to do not go together');
  if (id !== undefined) {
    const narrow = from === undefined ? {} : { from };
    const { view, explanation } = await client.explainer.delivery(id, narrow, formatTime);
    if (json) output.json({ from: view.from, to: view.to, ...explanation });
    else tell(headline(view, output.paint), explanation.words, output);
    return EXIT.done;
  }
  if (to === undefined) throw new UsageError('give the id of a delivery, or a conversation with --to');
  const account = await client.account(from);
  const recipient = recipientOf(to, account, '--to');
  const explanation = await client.explainer.conversation(account.from, recipient, formatTime);
  if (json) output.json({ from: account.from, to: recipient, ...explanation });
  else tell(output.paint.strong(plain(`${account.name} → ${recipient}`)), explanation.words, output);
  return EXIT.done;
}

function tell(head: string, words: readonly string[], output: Output): void {
  output.lines([head, ...words.map((sentence) => `  ${plain(sentence)}`)]);
}
