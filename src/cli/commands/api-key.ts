import { Option } from 'commander';
import { z } from 'zod';
import { createApiKey } from '../../app/api-key.js';
import { appendApiKey, revokeApiKey } from '../../app/api-keys-file.js';
import { ROLES } from '../../domain/caller.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { flag, jsonOption, text } from '../options.js';

const keyName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits, . _ -, a letter or digit first',
});

/** `waybill api-key create <name>` and `revoke <name>` */
export function addApiKey(host: CommandHost): void {
  const command = host.command.command('api-key').description('make and revoke keys for the HTTP API');
  const parent = { ...host, command };
  addCreate(parent);
  addRevoke(parent);
}

const createInput = z.object({
  name: keyName,
  account: z.array(text).default(['*']),
  role: z.array(z.enum(ROLES)).default(['send', 'read']),
  append: text.optional(),
  json: flag,
});

function addCreate(parent: CommandHost): void {
  addCommand(parent, {
    usage: 'create <name>',
    summary: 'make a key for an app: prints it once, and its entry for WAYBILL_API_KEYS',
    options: [
      new Option('--account <account...>', 'numbers or names that it is for; default: every account'),
      new Option('--role <role...>', 'what it may do; default: send read').choices(ROLES),
      new Option('--append <file>', 'add the entry to this file, the one of WAYBILL_API_KEYS_FILE'),
      jsonOption(),
    ],
    input: createInput,
    help: `send: enqueue and cancel. read: all that is told. operate: the rest. Nobody keeps the key itself.
With --append the file is made where there is none. A running waybill api takes the key within a second or two.`,
    run: async ({ name, account, role, append, json }, { output }) => {
      const { secret, entry } = createApiKey({ name, accounts: account, roles: [...new Set(role)] });
      if (append !== undefined) appendApiKey(append, entry);
      if (json) output.json({ secret, entry, ...(append === undefined ? {} : { file: append }) });
      else {
        output.note('the key, for the app alone; it is not shown again:');
        output.line(secret);
        output.note(
          append === undefined
            ? 'its entry, for the array in WAYBILL_API_KEYS:'
            : `its entry is in ${append}`,
        );
        if (append === undefined) output.json(entry);
      }
      return EXIT.done;
    },
  });
}

function addRevoke(parent: CommandHost): void {
  addCommand(parent, {
    usage: 'revoke <name>',
    summary: 'take a key out of a file of keys',
    options: [
      new Option('--file <file>', 'the one of WAYBILL_API_KEYS_FILE').makeOptionMandatory(),
      jsonOption(),
    ],
    input: z.object({ name: keyName, file: text, json: flag }),
    help: 'A running waybill api refuses the key within a second or two. Exits 3 when the file has no such key.',
    run: async ({ name, file, json }, { output }) => {
      revokeApiKey(file, name);
      if (json) output.json({ name, revoked: true, file });
      else output.line(`${name} revoked`);
      return EXIT.done;
    },
  });
}
