import { z } from 'zod';
import { readSettings } from '../../app/boot.js';
import { type Tested, testEndpoint } from '../../app/test-endpoint.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { flag, jsonOption, text } from '../options.js';
import type { Paint } from '../output.js';

/** `waybill events test`: whether an endpoint takes what is posted to it. */
export function addTest(host: CommandHost): void {
  addCommand(host, {
    usage: 'test <name>',
    summary: 'post a signed test event to an endpoint now, and print what it answers',
    options: [jsonOption()],
    input: z.object({ name: text, json: flag }),
    help: `The name is that of one of WAYBILL_EVENT_ENDPOINTS. The event's type is test.
Exits 0 when the endpoint answers 2xx, 1 when it does not, 3 when there is no such endpoint.`,
    run: async ({ name, json }, { env, output }) => {
      const tested = await testEndpoint(readSettings(env()), name);
      if (json) output.json(tested);
      else output.line(inWords(tested, output.paint));
      return tested.taken ? EXIT.done : EXIT.refused;
    },
  });
}

function inWords({ endpoint, taken, status, reason, durationMs }: Tested, paint: Paint): string {
  const answer = status === null ? `no answer (${reason ?? 'failed'})` : `answered ${status}`;
  return `${endpoint}: ${taken ? paint.good(answer) : paint.bad(answer)} after ${durationMs} ms`;
}
