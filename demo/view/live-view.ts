import type { Board } from '../board.js';
import { CLEAR_SCREEN, eraseLinesUp, HIDE_CURSOR, SHOW_CURSOR } from './cursor.js';
import type { Paint } from './paint.js';
import { drawTable, LEAST_WIDTH } from './table.js';
import { wrap } from './text.js';
import type { Screen, View } from './view.js';

const INDENT = '  ';

export type LiveView = View & {
  /** The terminal has another size now, and where its lines break is not known any more. */
  redraw(): void;
};

/** For a terminal: the story scrolls by above, the table is redrawn in place below it. */
export function createLiveView(screen: Screen, paint: Paint): LiveView {
  const said: string[] = [];
  let table: Board | null = null;
  let drawnLines = 0;
  let isOpen = true;
  // The last column stays free: some terminals break the line as soon as it is full.
  const width = () => Math.max(screen.width() - 1, LEAST_WIDTH);
  screen.write(HIDE_CURSOR);

  /** In one write, so that nothing flickers. */
  function draw(above: readonly string[], erase = eraseLinesUp(drawnLines)): void {
    const below = table === null ? [] : ['', ...drawTable(table, { width: width(), paint })];
    drawnLines = below.length;
    screen.write(`${erase}${[...above, ...below].map((line) => `${line}\n`).join('')}`);
  }

  function drawSentence(sentence: string): readonly string[] {
    const [first = '', ...rest] = wrap(sentence, width() - INDENT.length);
    return [`${paint.bold('›')} ${first}`, ...rest.map((line) => `${INDENT}${line}`)];
  }

  return {
    say(sentence) {
      said.push(sentence);
      draw(drawSentence(sentence));
    },
    show(board) {
      table = board;
      draw([]);
    },
    warn: (text) => draw(text.split('\n').map((line) => paint.red(line))),
    finish(lines) {
      drawnLines = 0;
      table = null;
      draw(['', ...lines]);
    },
    redraw() {
      if (table !== null) draw(said.flatMap(drawSentence), CLEAR_SCREEN);
    },
    close() {
      if (isOpen) screen.write(SHOW_CURSOR);
      isOpen = false;
    },
  };
}
