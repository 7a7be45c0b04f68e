import { z } from 'zod';
import { readSettings } from '../../app/boot.js';
import { calledAt, formatHostPort } from '../../domain/host-port.js';
import { SECOND } from '../../domain/time.js';
import { addCommand, type CommandHost } from '../define.js';
import { EXIT } from '../exit-codes.js';

const PATIENCE_MS = 3 * SECOND;

/** `waybill health`: whether the process whose metrics port this is takes work; for a container's health check. */
export function addHealth(host: CommandHost): void {
  addCommand(host, {
    usage: 'health',
    summary: 'ask the process on this host’s metrics port whether it is ready',
    input: z.object({}),
    run: async (_input, { output, env }) => {
      const at = formatHostPort(calledAt(readSettings(env()).config.listen.metrics));
      const answer = await ask(`http://${at}/readyz`);
      if (answer.ready) output.line('ready');
      else output.complain(`${at} (WAYBILL_LISTEN_METRICS): ${answer.why}`);
      return answer.ready ? EXIT.done : EXIT.refused;
    },
  });
}

type Answer = { readonly ready: boolean; readonly why: string };

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.arrayBuffer();
    return { ready: response.status === 200, why: `not ready (${response.status})` };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return { ready: false, why: isLate ? 'no answer in time' : 'nobody answers' };
  }
}
