import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../report.js';
import type { Holding } from './memory.js';
import { type Soaked, soak } from './soak.js';

const REPORT = join(__dirname, '..', 'SOAK.md');
const SECONDS = 1800;

/** `npm run soak`: for WAYBILL_SOAK_SECONDS, with the seed TEST_SEED; writes its report. */
async function main(): Promise<void> {
  const seconds = Number(process.env.WAYBILL_SOAK_SECONDS ?? SECONDS);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new Error('WAYBILL_SOAK_SECONDS must be a whole number of seconds');
  const seed = Number(process.env.TEST_SEED ?? randomInt(2 ** 32));
  process.stdout.write(`soaking for ${seconds} s (seed ${seed})\n`);
  const soaked = await soak({ seconds, seed }, (line) => void process.stdout.write(`${line}\n`));
  process.stdout.write(`${JSON.stringify(soaked, null, 2)}\n`);
  writeFileSync(REPORT, reportOf(soaked, seed, new Date()));
  process.exitCode = soaked.broken.length > 0 ? 1 : 0;
}

function reportOf({ figures, doubts, strikes, memory, broken }: Soaked, seed: number, at: Date): string {
  return [
    '# Soak',
    '',
    'Written by `npm run soak` (`WAYBILL_SOAK_SECONDS`, 1800 unless it says otherwise): three workers and a webhook consumer on a',
    'real Redis (`appendfsync always`), 50 deliveries a second, one in ten of them for later, and a random fault each 30 s. Expected:',
    'nothing lost, nothing twice, nothing before its time, no status backwards, the ledger is the bill, and no process ends by itself.',
    '',
    `Machine: ${machine()}.`,
    '',
    `${at.toISOString().slice(0, 10)}, seed ${seed}.`,
    '',
    ...table([Object.keys(figures), Object.values(figures)]),
    '',
    broken.length === 0 ? 'Kept.' : `**Broken**: ${broken.join('; ')}.`,
    '',
    '## Faults',
    '',
    ...table([Object.keys(strikes), Object.values(strikes)]),
    '',
    '## Unknown outcomes',
    '',
    'By why nobody could say at once whether the provider had taken them.',
    '',
    ...table([Object.keys(doubts), Object.values(doubts)]),
    '',
    '## Memory',
    '',
    `In MB, after ${memory.after} s and at the end. The first worker is never killed, though frozen; others took the place of one that was.`,
    '',
    ...table([
      ['process', 'up at the end', `after ${memory.after} s`, 'at the end'],
      ...memory.late.map((late) => rowOf(late, memory.early)),
    ]),
    '',
  ].join('\n');
}

/** A process of that time is known by its number. */
function rowOf({ name, pid, up, mb }: Holding, early: readonly Holding[]): readonly (string | number)[] {
  return [name, up, early.find((each) => each.pid === pid)?.mb ?? 'not there yet', mb];
}

function table([head = [], ...rows]: readonly (readonly (string | number)[])[]): readonly string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => ' ---: |').join('')}`, ...rows.map(line)];
}

void main();
