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
    `The worker's time in its own functions; it was busy ${share(total, all)} of the time.`,
    '',
    toMarkdown(byPart(busy, total)),
    '',
    toMarkdown(byFunction(busy.slice(0, SHOWN), total)),
  ].join('\n');
}

function byPart(times: readonly SelfTime[], total: number): Table {
  const parts = new Map<string, number>();
  for (const each of times) parts.set(partOf(each), (parts.get(partOf(each)) ?? 0) + each.ms);
  const sorted = [...parts].sort(([, a], [, b]) => b - a);
  return { head: ['part', 'share'], rows: sorted.map(([part, ms]) => [part, share(ms, total)]) };
}

function byFunction(times: readonly SelfTime[], total: number): Table {
  const rows = times.map(({ name, place, ms }) => [`\`${name}\``, place, share(ms, total), number(ms)]);
  return { head: ['function', 'where', 'share', 'ms'], rows };
}

/** A package, a folder of our own sources, or what V8 and Node do by themselves. */
function partOf({ name, place }: SelfTime): string {
  const known =
    /^node_modules\/((@[^/]+\/)?[^/]+)/.exec(place) ?? /(?:dist\/)?((src|bench)\/[^/:]+)/.exec(place);
  if (known !== null) return known[1] ?? place;
  if (place.startsWith('node:')) return 'Node';
  return name.startsWith('(') ? name : 'Node (native)';
}

function sum(times: readonly SelfTime[]): number {
  return times.reduce((total, { ms }) => total + ms, 0);
}

function share(ms: number, total: number): string {
  return `${number((100 * ms) / total, 1)} %`;
}
