import { Option } from 'commander';
import { z } from 'zod';
import { createApiKey } from '../../app/api-key.js';
import { ROLES } from '../../domain/caller.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { flag, jsonOption, text } from '../options.js';

const input = z.object({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    error: 'must be 1 to 64 letters, digits, . _ -, a letter or digit first',
  }),
  account: z.array(text).default(['*']),
  role: z.array(z.enum(ROLES)).default(['send', 'read']),
  json: flag,
});

/** `waybill api-key create <name>` */
export function addApiKey(host: CommandHost): void {
  const parent = host.command.command('api-key').description('make keys for the HTTP API');
  addCommand(
    { ...host, command: parent },
    {
      usage: 'create <name>',
      summary: 'make a key for an app: prints it once, and its entry for WAYBILL_API_KEYS',
      options: [
        new Option('--account <account...>', 'numbers or names that it is for; default: every account'),
        new Option('--role <role...>', 'what it may do; default: send read').choices(ROLES),
        jsonOption(),
      ],
      input,
      help: 'send: enqueue and cancel. read: all that is told. operate: the rest. Nobody keeps the key itself.',
      run: async ({ name, account, role, json }, { output }) => {
        const { secret, entry } = createApiKey({ name, accounts: account, roles: [...new Set(role)] });
        if (json) output.json({ secret, entry });
        else {
          output.note('the key, for the app alone; it is not shown again:');
          output.line(secret);
          output.note('its entry, for the array in WAYBILL_API_KEYS:');
          output.json(entry);
        }
        return EXIT.done;
      },
    },
  );
}
