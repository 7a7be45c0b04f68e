import { Command, Option } from 'commander';
import { z } from 'zod';
import { readSettings } from '../../app/boot.js';
import { openProviderSetup, type ProviderSetup } from '../../app/provider-setup.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import { checkAsJson, checkInWords } from '../webhook-text.js';
import { connectAccount } from './provider-connect.js';

/** `waybill provider`, and `check` and `connect` below it. */
export function addProvider(host: CommandHost): void {
  const command = new Command('provider').summary(SUMMARY).description(SUMMARY);
  command.copyInheritedSettings(host.command);
  host.command.addCommand(command);
  const provider = { ...host, command };
  addCheck(provider);
  addConnect(provider);
}

const SUMMARY = 'look at what the provider has set for the accounts, and set it right';

function addCheck(provider: CommandHost): void {
  addCommand(provider, {
    usage: 'check',
    summary: 'hold each account’s webhook settings against what is needed',
    options: [fromOption(), jsonOption()],
    input: z.object({ from: text.optional(), json: flag }),
    help: 'Exits 0 when all is right, 1 when something is wrong.',
    run: ({ from, json }, context) =>
      withSetup(context, async (setup) => {
        const checks = await Promise.all(setup.accounts(from).map((account) => setup.check(account)));
        for (const check of checks) {
          if (json) context.output.json(checkAsJson(check));
          else context.output.lines(checkInWords(check, context.output.paint));
        }
        if (setup.tokens().length === 0)
          context.output.note(
            'WAYBILL_WEBHOOK_TOKEN is not set here: the token in the address was not looked at',
          );
        return checks.every(({ faults }) => faults.length === 0) ? EXIT.done : EXIT.refused;
      }),
  });
}

function addConnect(provider: CommandHost): void {
  addCommand(provider, {
    usage: 'connect',
    summary: 'have the provider send an account’s callbacks to us, all of them, and again when we miss one',
    options: [
      new Option('--url <url>', 'https://<your host>; without it the address stays as it is'),
      fromOption(),
      new Option('--yes', 'do it; without it only before and after are shown'),
      jsonOption(),
    ],
    input: z.object({ url: text.optional(), from: text.optional(), yes: flag, json: flag }),
    help: `The token is taken from WAYBILL_WEBHOOK_TOKEN (the first one), so that it need not be typed.
Without --from it is about every account that is configured.

Example: waybill provider connect --url https://waybill.example.com --yes`,
    run: (given, context) =>
      withSetup(context, async (setup) => {
        const codes: ExitCode[] = [];
        for (const account of setup.accounts(given.from))
          codes.push(await connectAccount(account, given, { setup, output: context.output }));
        return codes.find((code) => code !== EXIT.done) ?? EXIT.done;
      }),
  });
}

async function withSetup(
  { env }: CliContext,
  use: (setup: ProviderSetup) => Promise<ExitCode>,
): Promise<ExitCode> {
  const setup = openProviderSetup(readSettings(env(), ['accounts']));
  try {
    return await use(setup);
  } finally {
    await setup.close();
  }
}
