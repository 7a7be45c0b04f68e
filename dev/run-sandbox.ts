import { parseSandboxOptions } from '../sandbox/options.js';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.js';
import type { Core } from '../src/app/core.js';
import { formatHostPort } from '../src/domain/host-port.js';

/** Over what the settings say; as `sandbox/options.ts` has it, not yet believed. */
export type SandboxWishes = Readonly<Record<string, unknown>>;

/**
 * Starts the provider's stand-in where the settings say, with their accounts.
 * @throws SandboxError `invalid_options`, ListenError
 */
export async function runSandbox({ config, secrets, log }: Core, wishes: SandboxWishes): Promise<Sandbox> {
  const at = config.listen.sandbox;
  const accounts = config.accounts.flatMap(({ from }) => {
    const apiKey = secrets.apiKey(from);
    return apiKey === undefined ? [] : [{ from, apiKey }];
  });
  const options = parseSandboxOptions({
    ...at,
    ...(accounts.length === 0 ? {} : { accounts }),
    ...wishes,
  });
  const sandbox = await startSandbox(options);
  const port = Number(new URL(sandbox.origin).port);
  const address = formatHostPort({ host: options.host, port });
  log.info('listening', { setting: 'WAYBILL_LISTEN_SANDBOX', address, port });
  return sandbox;
}
