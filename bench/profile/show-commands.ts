import type { CommandStats } from '../lab/redis-stats.js';
import { number } from '../report/figures.js';
import { toMarkdown } from '../report/markdown.js';

/** Of a delivery's time in Redis; what is shorter is not shown. */
const SHOWN_US = 0.5;
const NONE = { calls: 0, micros: 0 };

/** Where Redis's time goes: each of them by its commands, per delivery; the first one's dearest first. */
export function showCommands(sides: readonly (readonly [who: string, commands: CommandStats])[]): string {
  const [[, first] = ['', new Map()]] = sides;
  const names = new Set(sides.flatMap(([, commands]) => [...commands.keys()]));
  const micros = (commands: CommandStats, name: string) => (commands.get(name) ?? NONE).micros;
  const shown = [...names]
    .filter((name) => sides.some(([, commands]) => micros(commands, name) >= SHOWN_US))
    .sort((a, b) => micros(first, b) - micros(first, a));
  const rows = shown.map((name) => [
    name,
    ...sides.flatMap(([, commands]) => {
      const { calls, micros: spent } = commands.get(name) ?? NONE;
      return [number(calls, 2), number(spent, 1)];
    }),
  ]);
  const head = ['command', ...sides.flatMap(([who]) => [`${who}: calls`, 'µs'])];
  return [
    'What Redis did for a delivery, as it counts itself; the time of EVALSHA holds that of the commands inside scripts.',
    '',
    toMarkdown({ head, rows }),
  ].join('\n');
}
