import { Option } from 'commander';
import { z } from 'zod';
import { INBOUND_TYPES } from '../sandbox/callbacks/payloads.js';
import type { CommandHost } from '../src/cli/define.js';
import { flag, fromOption, text } from '../src/cli/options.js';
import { accountNumber, addVerb } from './sandbox-verb.js';

/** What clients, and people beside the API, do. */
export function addPeopleVerbs(sandbox: CommandHost): void {
  addReply(sandbox);
  addAgent(sandbox);
  addClient(sandbox);
  addWindow(sandbox);
}

function addReply(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'reply <to> <text>',
    summary: 'a client writes to us: its window opens',
    example: 'reply 972501234567 "hi"',
    options: [
      new Option('--quote <unique>', 'the message of ours that it quotes'),
      new Option('--type <type>', 'what kind of message it is; default text').choices(INBOUND_TYPES),
      new Option('--media <url>', 'the file’s link; the text is its caption then'),
      fromOption(),
    ],
    input: z.object({
      to: text,
      text,
      quote: text.optional(),
      type: z.enum(INBOUND_TYPES).optional(),
      media: text.optional(),
      from: text.optional(),
    }),
    act: async ({ to, text: words, from, ...more }, client, context) =>
      client.reply(to, words, { ...more, from: accountNumber(from, context) }),
  });
}

function addAgent(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'agent <to> <text>',
    summary: 'a person writes to a client from our number, beside the API',
    example: 'agent 972501234567 "a person here"',
    options: [fromOption()],
    input: z.object({ to: text, text, from: text.optional() }),
    act: async ({ to, text: words, from }, client, context) =>
      client.agentSend(to, words, { from: accountNumber(from, context) }),
  });
}

function addClient(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'client <number> <fromId>',
    summary: 'make a client known that has two names',
    example: 'client 972501234567 IL.1605856887361213 --hidden',
    options: [new Option('--hidden', 'it hides its number: callbacks name the from_id alone')],
    input: z.object({ number: text, fromId: text, hidden: flag }),
    act: async (given, client) => `${(await client.client(given)).id} known`,
  });
}

function addWindow(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'window <to> <minutes>',
    summary: 'set how long a client’s window stays open; 0 closes it, never: as if it had not written',
    example: 'window 972501234567 0',
    options: [fromOption()],
    input: z.object({
      to: text,
      minutes: z.union([z.literal('never'), z.coerce.number().nonnegative()], {
        error: 'must be a number of minutes, or never',
      }),
      from: text.optional(),
    }),
    act: async ({ to, minutes, from }, client, context) => {
      const left = minutes === 'never' ? null : minutes;
      await client.windowLeft(to, left, { from: accountNumber(from, context) });
      if (left === null) return 'window as if it had never been open';
      return `window ${left === 0 ? 'closed' : `open for ${left} min`}`;
    },
  });
}
