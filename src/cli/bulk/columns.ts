import { UsageError } from '../usage-error.js';

/** Puts a cell where it belongs in the request. */
type Column = { readonly path: readonly string[]; readonly read: (cell: string) => unknown };

/** Where the reasons of rejected lines stand; not read, so that a rejects file can be fed again. */
export const REASON = 'rejectReason';

const text = (cell: string): unknown => cell;
const number = (cell: string): unknown => (/^\d+$/.test(cell) ? Number(cell) : cell);
const flag = (cell: string): unknown => FLAGS.get(cell.toLowerCase()) ?? cell;
const list = (cell: string): unknown => cell.split('|');

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);

const READERS: Readonly<Record<string, (cell: string) => unknown>> = {
  id: text,
  from: text,
  to: text,
  fileUrl: text,
  caption: text,
  mediaType: text,
  replyTo: text,
  sendAt: number,
  expiresAt: number,
  priority: text,
  onClosedWindow: text,
  onUnknown: text,
  fileSizeBytes: number,
  localStorage: flag,
  showRequest: flag,
  strictOrder: flag,
  'template.name': text,
  'template.language': number,
  'template.variables': list,
};
const BY_NAME = new Map(Object.entries(READERS).map(([name, read]) => [name.toLowerCase(), { name, read }]));
const NEEDED: readonly string[] = ['to', 'fileUrl'];

/**
 * What the columns of a table mean, by their names in its first row; null: not read.
 * @throws UsageError for a column that means nothing, stands there twice, or is missing
 */
export function readColumns(header: readonly string[]): readonly (Column | null)[] {
  const columns = header.map((name) => columnOf(name.trim()));
  const names = columns.flatMap((column) => (column === null ? [] : [column.path.join('.')]));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`the column ${twice} stands there twice`);
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new UsageError(`the first row names no column ${missing.join(', ')}; ${knownColumns()}`);
  }
  return columns;
}

function columnOf(name: string): Column | null {
  const lower = name.toLowerCase();
  if (lower === REASON.toLowerCase()) return null;
  const known = BY_NAME.get(lower === 'file' ? 'fileurl' : lower);
  if (known !== undefined) return { path: known.name.split('.'), read: known.read };
  const [, key] = /^metadata\.(.+)$/i.exec(name) ?? [];
  if (key !== undefined) return { path: ['metadata', key], read: text };
  const hint = /[;\t]/.test(name) ? ' (separate the columns with commas)' : '';
  throw new UsageError(`there is no column ${JSON.stringify(name.slice(0, 60))}${hint}; ${knownColumns()}`);
}

function knownColumns(): string {
  return `the columns are ${Object.keys(READERS).join(', ')} and metadata.<name>`;
}

/** A row as a request; an empty cell is as good as none. */
export function toRequest(
  columns: readonly (Column | null)[],
  cells: readonly string[],
): Readonly<Record<string, unknown>> {
  const request: Record<string, unknown> = {};
  columns.forEach((column, index) => {
    const cell = cells[index] ?? '';
    if (column === null || cell === '') return;
    const [field = '', key] = column.path;
    const value = column.read(cell);
    request[field] = key === undefined ? value : { ...asObject(request[field]), [key]: value };
  });
  return request;
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
