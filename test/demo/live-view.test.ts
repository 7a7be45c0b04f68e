import { createLiveView } from '../../demo/view/live-view.js';
import { createPaint } from '../../demo/view/paint.js';
import { BOARD } from './rows.js';

const TABLE_LINES = BOARD.length + 3;
const ERASE_TABLE = `\u001b[${TABLE_LINES}A\r\u001b[0J`;

function openView(width = 80) {
  const written: string[] = [];
  const screen = { write: (text: string) => void written.push(text), width: () => width };
  const view = createLiveView(screen, createPaint(false));
  return { view, last: () => written.at(-1) ?? '', written };
}

it('redraws the table in its place', () => {
  const { view, last } = openView();
  view.show(BOARD, 'Ada-invoice.pdf');
  const first = last();
  expect(first.split('\n')).toHaveLength(TABLE_LINES + 1);
  view.show(BOARD, 'Ada-invoice.pdf');
  expect(last()).toBe(`${ERASE_TABLE}${first}`);
});

it('tells the story above the table, broken between words', () => {
  const { view, last } = openView(30);
  view.show(BOARD, 'Ada-invoice.pdf');
  view.say('Cleo: window closed, waiting for the client to write.');
  expect(
    last().startsWith(`${ERASE_TABLE}› Cleo: window closed,\n  waiting for the client to\n  write.\n\n`),
  ).toBe(true);
});

it('tells it again on a terminal of another size', () => {
  const { view, last } = openView();
  view.show(BOARD, 'Ada-invoice.pdf');
  view.say('Once upon a time.');
  view.redraw();
  expect(last().startsWith('\u001b[2J\u001b[H› Once upon a time.\n\nclient')).toBe(true);
});

it('leaves the table standing when it is finished', () => {
  const { view, last } = openView();
  view.show(BOARD, 'Ada-invoice.pdf');
  view.finish(['the end']);
  expect(last()).toBe('\nthe end\n');
});

it('hides the cursor and gives it back, once', () => {
  const { view, written } = openView();
  view.close();
  view.close();
  expect(written).toEqual(['\u001b[?25l', '\u001b[?25h']);
});
