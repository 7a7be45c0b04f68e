import type { Table } from './result.js';

/** A table; columns after the first hold figures more often than words, and stand to the right. */
export function toMarkdown({ head, rows }: Table): string {
  const width = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, { width: width[column] ?? 0, left: column === 0 })).join(' | ')} |`;
  const rule = width.map((chars, column) => (column === 0 ? '-'.repeat(chars) : `${'-'.repeat(chars - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

function pad(cell: string, { width, left }: { readonly width: number; readonly left: boolean }): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}
