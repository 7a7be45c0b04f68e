import { Option } from 'commander';
import { z } from 'zod';
import { ACK_NAMES } from '../sandbox/callbacks/payloads.js';
import type { CommandHost } from '../src/cli/define.js';
import { flag, fromOption, text, whole } from '../src/cli/options.js';
import { UsageError } from '../src/cli/usage-error.js';
import { accountNumber, addVerb } from './sandbox-verb.js';

/** Callbacks: where they go, and those on demand. */
export function addTellingVerbs(sandbox: CommandHost): void {
  addWebhook(sandbox);
  addReceipt(sandbox);
  addCallback(sandbox);
  addIdle(sandbox);
}

const bit = flag.transform((on) => (on ? 0 : 1));

function addWebhook(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'webhook [url]',
    summary:
      'send an account’s callbacks there, as its owner would have the provider do; without a URL nowhere',
    example: 'webhook http://127.0.0.1:9000/hook --retry',
    options: [
      new Option('--without-receipts', 'readStatus 0'),
      new Option('--without-system', 'system 0'),
      new Option('--retry', 'retry 1'),
      fromOption(),
    ],
    input: z.object({
      url: text.optional(),
      withoutReceipts: bit,
      withoutSystem: bit,
      retry: flag,
      from: text.optional(),
    }),
    act: async ({ url, withoutReceipts, withoutSystem, retry, from }, client, context) => {
      const flags = { readStatus: withoutReceipts, system: withoutSystem, retry: retry ? 1 : 0 } as const;
      await client.webhook(url === undefined ? null : { url, ...flags }, {
        from: accountNumber(from, context),
      });
      return url === undefined ? 'callbacks go nowhere' : 'webhook set';
    },
  });
}

function addReceipt(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'receipt <unique> <ack>',
    summary: 'tell what became of a message of ours: pending, sent, delivered, read, played or failed',
    example: 'receipt 92E0C0FFEE delivered',
    options: [new Option('--code <number>', 'why it failed')],
    input: z.object({
      unique: text,
      ack: z.enum(ACK_NAMES, {
        error: 'must be pending, sent, delivered, read, played or failed',
      }),
      code: whole(0, 9_999_999).optional(),
    }),
    act: async ({ unique, ack, code }, client) => {
      await client.receipt(unique, ack, { code });
      return `${ack} told`;
    },
  });
}

const jsonObject = z.record(z.string(), z.unknown());

function addCallback(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'callback <json>',
    summary: 'post any JSON object to the account’s webhook',
    example: `callback '{"status":"OK","hook":"system","type":"update"}'`,
    options: [fromOption()],
    input: z.object({ json: z.string(), from: text.optional() }),
    act: async ({ json, from }, client, context) => {
      await client.callback(readObject(json), { from: accountNumber(from, context) });
      return 'posted';
    },
  });
}

function readObject(json: string) {
  try {
    return jsonObject.parse(JSON.parse(json));
  } catch (cause) {
    throw new UsageError('<json>: must be a JSON object', { cause });
  }
}

function addIdle(sandbox: CommandHost): void {
  addVerb(sandbox, {
    usage: 'idle',
    summary: 'wait until no callback is due or under way',
    example: 'idle --timeout-ms 5000',
    options: [new Option('--timeout-ms <number>', 'how long to wait; default 30000')],
    input: z.object({ timeoutMs: whole(0, 600_000).optional() }),
    act: async (given, client) => {
      await client.idle(given);
      return 'idle';
    },
  });
}
