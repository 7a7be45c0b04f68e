import { stripVTControlCharacters } from 'node:util';
import { createPaint } from '../../demo/view/paint.js';
import { drawTable, LEAST_WIDTH } from '../../demo/view/table.js';
import { BOARD, rowOf } from './rows.js';

const plain = createPaint(false);

it('draws a row for each request, with what a person would ask about it', () => {
  expect(drawTable(BOARD, { width: 99, paint: plain })).toEqual([
    'client  number   file         status',
    'Ada     447…01   invoice.pdf  read ✓✓',
    'Ada     447…01   voice.mp3    waiting       its turn comes after the one before it',
    'Ben     447…01   clip.mp4     waiting       FAIL 6: will be tried again',
    'Cleo    447…01   invoice.pdf  held          window closed, waiting for the client',
    'Dan     447…01   ticket.jpg   sent ✓        as a template, with the file in its header',
    'Eve     447…01   invoice.pdf  failed        FAIL 4: recipient empty or malformed',
    'Finn    447…01   clip.mp4     refused       not queued: to has 5 digits',
    'Gus     447…01   voice.mp3',
    '3 of 8 done',
  ]);
});

it.each([
  ['of a second attempt', ['sending:file', 'waiting:backoff:6', 'sending:file', 'accepted:ok'], 'attempt 2'],
  ['of a hold that is over', ['held:window', 'sending:file', 'read'], 'released when the client replied'],
  ['of a hold by something else', ['held:account'], 'held by account'],
  ['of a limit', ['waiting:limit'], 'waits for limit'],
  ['of a failure in other words', ['failed:attempts_used_up'], 'attempts_used_up'],
])('tells %s', (_, changes, note) => {
  const [, row = ''] = drawTable([rowOf('Ada', 'a.pdf', changes)], { width: 99, paint: plain });
  expect(row.endsWith(`  ${note}`)).toBe(true);
});

it.each([LEAST_WIDTH, 30, 51, 52, 60, 83, 84, 200])('stays within %i characters', (width) => {
  const lines = drawTable(BOARD, { width, paint: plain });
  expect(lines.filter((line) => line.length > width)).toEqual([]);
  expect(lines).toHaveLength(BOARD.length + 2);
});

it('gives up number and file, but never client and status, where there is little room', () => {
  const [heading, row] = drawTable(BOARD, { width: 40, paint: plain });
  expect(heading).toBe('client  status');
  expect(row).toBe('Ada     read ✓✓');
});

it('paints statuses, and nothing moves by it', () => {
  const painted = drawTable(BOARD, { width: 99, paint: createPaint(true) });
  expect(painted.join('\n')).toContain('\u001b[31mfailed');
  const stripped = painted.map((line) => stripVTControlCharacters(line).trimEnd());
  expect(stripped).toEqual(drawTable(BOARD, { width: 99, paint: plain }));
});
