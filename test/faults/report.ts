import { execFileSync } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { findRedisServer } from '../../dev/redis-binary.js';
import type { Result, Row } from './lab.js';
import { ROWS } from './rows.js';

export type Told = Result & {
  readonly row: Row;
  readonly seed: number;
  readonly scale: number;
  readonly seconds: number;
};

/** The report as Markdown: what was run now, and what an earlier report tells of the other rows. */
export function reportOf(told: readonly Told[], earlier: string, at: Date): string {
  const names = ROWS.map(({ name }) => capital(name));
  const sections = names.map((name) => {
    const now = told.find(({ row }) => capital(row.name) === name);
    return now === undefined ? sectionOf(earlier, name) : section(now, at);
  });
  return [
    '# Faults',
    '',
    'Written by `npm run test:faults`, which does each of these to real processes on a real Redis (`appendfsync always`).',
    'The provider is the sandbox. A seed can be run again with `TEST_SEED`.',
    '',
    `Machine: ${machine()}.`,
    '',
    ...sections.filter((each) => each !== ''),
  ].join('\n');
}

/** What it ran on. */
export function machine(): string {
  const redis =
    /v=(\S+)/.exec(
      execFileSync(findRedisServer(process.env.PATH ?? ''), ['--version'], { encoding: 'utf8' }),
    )?.[1] ?? 'unknown';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores, ${memory} GB, Node ${process.versions.node}, Redis ${redis}`;
}

function capital(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

/** A row's section in an earlier report; empty when it was never run. */
function sectionOf(report: string, name: string): string {
  const found = report.split(/^(?=## )/m).find((part) => part.startsWith(`## ${name}\n`));
  return found === undefined ? '' : `${found.trimEnd()}\n`;
}

function section({ row, seed, scale, seconds, figures, listed = [], broken }: Told, at: Date): string {
  const [names, values] = [Object.keys(figures), Object.values(figures)];
  const table = [
    `| ${names.join(' | ')} |`,
    `|${names.map(() => ' ---: |').join('')}`,
    `| ${values.join(' | ')} |`,
  ];
  return [
    `## ${capital(row.name)}`,
    '',
    `Expected: ${row.promise}.`,
    '',
    `${at.toISOString().slice(0, 10)}, scale ${scale}, seed ${seed}, ${seconds} s.`,
    '',
    ...(names.length === 0 ? [] : [...table, '']),
    ...(listed.length === 0 ? [] : [...listed.map((line) => `- ${line}`), '']),
    broken.length === 0 ? 'Kept.' : `**Broken**: ${broken.join('; ')}.`,
    '',
  ].join('\n');
}
