import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportOf, type Told } from './report.js';
import { ROWS } from './rows.js';

const REPORT = join(__dirname, 'REPORT.md');

/** `npm run test:faults [row …]`: every row, or those named by a word of theirs; FAULTS_SCALE makes them shorter. */
async function main(wanted: readonly string[]): Promise<void> {
  const scale = Number(process.env.FAULTS_SCALE ?? 1);
  const told: Told[] = [];
  for (const row of ROWS.filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
  )) {
    const seed = Number(process.env.TEST_SEED ?? randomInt(2 ** 32));
    const begun = performance.now();
    process.stdout.write(`${row.name} (seed ${seed})\n`);
    const result = await row
      .run({ scale, seed })
      .catch((error: unknown) => ({ figures: {}, broken: [`ended early: ${firstLine(error)}`] }));
    told.push({ row, seed, scale, seconds: Math.round((performance.now() - begun) / 1000), ...result });
    process.stdout.write(`  ${JSON.stringify(result)}\n`);
    // Read anew each time: another run may have told of other rows meanwhile.
    const earlier = existsSync(REPORT) ? readFileSync(REPORT, 'utf8') : '';
    writeFileSync(REPORT, reportOf(told, earlier, new Date()));
  }
  process.exitCode = told.some(({ broken }) => broken.length > 0) ? 1 : 0;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

void main(process.argv.slice(2));
