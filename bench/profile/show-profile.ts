import { number } from '../report/figures.js';
import { toMarkdown } from '../report/markdown.js';
import type { Table } from '../report/result.js';
import type { SelfTime } from './read-profile.js';

const SHOWN = 25;
/** No work of the process. */
const IDLE = new Set(['(idle)']);

/** Where the time goes: by package, then the functions that take most of it themselves. */
export function showProfile(times: readonly SelfTime[]): string {
  const busy = times.filter(({ name }) => !IDLE.has(name));
  const total = sum(busy);
  const all = sum(times);
  return [
    `Where the process's time went; it was busy ${share(total, all)} of it. First by package and folder, with what Node and V8
did on their behalf; then by the time in a function itself.`,
    '',
    toMarkdown(byPart(busy, total)),
    '',
    toMarkdown(byFunction(busy, total)),
  ].join('\n');
}

function byPart(times: readonly SelfTime[], total: number): Table {
  const parts = new Map<string, number>();
  for (const each of times) parts.set(partOf(each), (parts.get(partOf(each)) ?? 0) + each.ms);
  const sorted = [...parts].sort(([, a], [, b]) => b - a);
  return { head: ['part', 'share'], rows: sorted.map(([part, ms]) => [part, share(ms, total)]) };
}

function byFunction(times: readonly SelfTime[], total: number): Table {
  const sums = new Map<string, SelfTime>();
  for (const each of times) {
    const key = `${each.name} ${each.place}`;
    sums.set(key, { ...each, ms: each.ms + (sums.get(key)?.ms ?? 0) });
  }
  const sorted = [...sums.values()].sort((a, b) => b.ms - a.ms).slice(0, SHOWN);
  const rows = sorted.map(({ name, place, ms }) => [`\`${name}\``, place, share(ms, total), number(ms)]);
  return { head: ['function', 'where', 'share', 'ms'], rows };
}

/** A package or a folder of our own sources, on whose behalf it was; else what Node and V8 do by themselves. */
function partOf({ name, owner }: SelfTime): string {
  const known =
    /^node_modules\/((@[^/]+\/)?[^/]+)/.exec(owner) ?? /^(?:dist\/)?((src|bench)\/[^/:]+)/.exec(owner);
  return known?.[1] ?? (name.startsWith('(garbage') ? name : 'Node');
}

function sum(times: readonly SelfTime[]): number {
  return times.reduce((total, { ms }) => total + ms, 0);
}

function share(ms: number, total: number): string {
  return `${number((100 * ms) / total, 1)} %`;
}
