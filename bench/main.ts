import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type BenchOptions, parseOptions, UsageError } from './options.js';
import { sectionOf, withSection } from './report/report.js';
import type { Asked, Case } from './report/result.js';

/** `npm run bench`: runs the cases that were named, shows each one's section and puts it into the results. */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  for (const asked of options.asked) {
    for (const each of options.cases) await tell(each, asked, options);
  }
}

async function tell(measured: Case, asked: Asked, { resultsFile }: BenchOptions): Promise<void> {
  process.stderr.write(`${measured.name}, appendfsync ${asked.aof} …\n`);
  const begun = performance.now();
  const result = await measured.run(asked);
  const seconds = Math.round((performance.now() - begun) / 1000);
  const section = sectionOf({ case: measured, asked, result, seconds }, new Date());
  process.stdout.write(`${section}\n\n`);
  if (resultsFile === null) return;
  // Read anew each time: another run may have told of other cases meanwhile.
  const earlier = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : '';
  writeFileSync(resultsFile, withSection(earlier, section));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
