import { maskNumber } from '../../src/domain/mask.js';
import { SECOND } from '../../src/domain/time.js';
import { latest, type Row } from '../board.js';
import { noteOf } from '../words.js';
import type { Screen, View } from './view.js';

/** For files, pipes and very small terminals: a line for every sentence and every change of status. */
export function createPlainView(screen: Screen, elapsedMs: () => number): View {
  const print = (line: string) => screen.write(`${line}\n`);
  return {
    say: (sentence) => print(`> ${sentence}`),
    show(board, id) {
      const row = board.find((each) => each.id === id);
      if (row !== undefined) print(`${seconds(elapsedMs())}  ${drawLine(row)}`);
    },
    warn: (text) => print(`! ${text}`),
    finish: (lines) => print(['', ...lines].join('\n')),
    close: () => undefined,
  };
}

/** `  3.2 s` */
function seconds(ms: number): string {
  return `${(ms / SECOND).toFixed(1).padStart(5)} s`;
}

function drawLine(row: Row): string {
  const cells = [row.client.padEnd(4), maskNumber(row.to).padEnd(7), row.file.padEnd(11)];
  const status = latest(row)?.status ?? '';
  return [...cells, status.padEnd(9), noteOf(row)].join('  ').trimEnd();
}
