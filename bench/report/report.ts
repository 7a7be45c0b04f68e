import { machine } from './machine.js';
import { toMarkdown } from './markdown.js';
import { versions } from './project.js';
import type { Asked, Case, Result, Table, Target } from './result.js';

export type Told = {
  readonly case: Case;
  readonly asked: Asked;
  readonly result: Result;
  readonly seconds: number;
};

/** Sections are found again by their titles: a run replaces those of its cases alone. */
function titleOf({ case: { name }, asked: { aof } }: Pick<Told, 'case' | 'asked'>): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)} (appendfsync ${aof})`;
}

export function sectionOf(told: Told, at: Date): string {
  const { case: measured, asked, result, seconds } = told;
  const { tables, targets, profile } = result;
  return [
    `## ${titleOf(told)}`,
    measured.about,
    `${at.toISOString().slice(0, 10)}, ${asked.size} size, scale ${asked.scale}, rounds ${asked.rounds}, ${seconds} s.`,
    `${versions()}. ${machine()}.`,
    ...tables.map(toMarkdown),
    ...(targets.length === 0 ? [] : [toMarkdown(tableOf(targets))]),
    ...(profile === undefined ? [] : [profile]),
  ].join('\n\n');
}

function tableOf(targets: readonly Target[]): Table {
  const rows = targets.map(({ what, wanted, measured, isMet }) => [
    what,
    wanted,
    measured,
    isMet ? 'met' : '**NOT met**',
  ]);
  return { head: ['target', 'wanted', 'measured', ''], rows };
}

const HEAD = `# Benchmarks

Written by \`npm run bench\`, which measures Waybill and those whom one might use in its place in turns, on a private Redis
and against a provider that accepts everything: a bare server that answers as the provider does, the same for all. A
figure is the median of the rounds, and how far they lie apart; a ratio is taken in each round. CPU is that of all
processes of a kind, divided by the deliveries.

- **plain BullMQ**: a worker with one POST on an undici pool, and no rules.
- **rules by hand**: a BullMQ worker with the same rules, a command for each, and Node's fetch.
- **raw undici**: the POSTs alone, without a queue.`;

/** The report with this section in place of an earlier one of the same title. */
export function withSection(report: string, section: string): string {
  const title = section.slice(0, section.indexOf('\n'));
  const kept = report
    .split(/^(?=## )/m)
    .slice(1)
    .map((each) => each.trim());
  const at = kept.findIndex((each) => each.startsWith(`${title}\n`));
  const sections = at === -1 ? [...kept, section] : kept.with(at, section);
  return `${[HEAD, ...sections].join('\n\n')}\n`;
}
