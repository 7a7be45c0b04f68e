import { z } from 'zod';
import { readSettings } from '../../app/boot.js';
import { describeConfig } from '../../config/describe.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { flag, jsonOption } from '../options.js';
import { table } from '../output.js';

/** `waybill config`: every setting as it is in effect, secrets masked. */
export function addConfig(host: CommandHost): void {
  addCommand(host, {
    usage: 'config',
    summary: 'show the settings in effect, secrets masked',
    options: [jsonOption()],
    input: z.object({ json: flag }),
    run: async ({ json }, { output, env }) => {
      const { config, secrets, unknown } = readSettings(env());
      const rows = describeConfig(config, secrets);
      if (json) for (const row of rows) output.json(row);
      else {
        const cells = rows.map(({ name, value, unit, from }) => [name, value, unit ?? '', from]);
        output.lines(table(['setting', 'value', 'unit', 'from'], cells));
      }
      for (const name of unknown) output.note(`note: ${name} means nothing: misspelt?`);
      return EXIT.done;
    },
  });
}
