import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Row = Readonly<Record<string, string>>;

/** The rows of a page's tables, each by its column heads; one list a table. */
export function tablesOf(page: string): readonly (readonly Row[])[] {
  const text = readFileSync(join(__dirname, '../../docs', page), 'utf8');
  return text
    .split(/\n\n/)
    .map((block) => block.trim())
    .filter((block) => block.startsWith('|'))
    .map(readTable);
}

/** The table that has all of these columns. */
export function tableWith(page: string, ...columns: readonly string[]): readonly Row[] {
  const found = tablesOf(page).filter(([row]) => row !== undefined && columns.every((name) => name in row));
  const [table] = found;
  if (table === undefined || found.length > 1)
    throw new Error(`${page}: one table with ${columns.join(', ')}`);
  return table;
}

function readTable(block: string): readonly Row[] {
  const [head = [], , ...rows] = block.split('\n').map(cellsOf);
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
