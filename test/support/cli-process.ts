import { createOutput } from '../../src/cli/output.js';
import { createCli } from '../../src/cli.js';

/**
 * The sources' `waybill` as a process, without a build: `node -r typescript.cjs cli-process.ts …`. Where it was
 * started with a channel, it tells at the end how much memory it has come to hold.
 */
async function main(): Promise<void> {
  const { env, stdout, stderr } = process;
  const cli = createCli({
    version: 'test',
    output: createOutput({ stdout, stderr, env }),
    stdin: () => process.stdin,
    env: () => env,
    stop: () => new AbortController().signal,
    person: () => ({ user: 'anna', host: 'desk-1' }),
    now: Date.now,
  });
  process.exitCode = await cli.run(process.argv.slice(2));
  process.send?.({ maxRssBytes: process.resourceUsage().maxRSS * 1024 });
  if (process.connected) process.disconnect();
}

void main();
