import { z } from 'zod';
import { requestSchema } from '../../app/client.js';
import { parseRecipient } from '../../domain/recipient.js';
import type { ValidationFault } from '../../errors.js';
import { UsageError } from '../usage-error.js';
import { damageOf, plainCell, plainValue, readCell } from './cells.js';

/** Where the reasons of rejected lines stand; not read, so that a rejects file can be fed again. */
export const REASON = 'rejectReason';

/** Puts a cell where it belongs in the request. */
type Column = { readonly path: readonly string[]; readonly read: (cell: string) => unknown };

/** Columns under no name must be empty; null: not read. */
type Place = Column | 'unnamed' | null;

export type Columns = {
  readonly places: readonly Place[];
  /** Named, but not read. */
  readonly unread: readonly string[];
  /** Up to the last one with a name, and to the last one that every row needs. */
  readonly width: number;
  readonly needed: number;
};

/** As `--map` names them: fields by the columns that they stand in. */
export type ColumnMap = readonly { readonly field: string; readonly column: string }[];

const NEEDED: readonly string[] = ['to', 'fileUrl'];
/** People's own words: what looks like a trick of a spreadsheet may be meant. */
const FREE: ReadonlySet<string> = new Set(['caption', 'template', 'metadata']);

/** So many of a first row's cells mean something; by that its delimiter is known. */
export function countKnown(header: readonly string[], map: ColumnMap): number {
  const mapped = new Set(map.map(({ column }) => plainName(column)));
  return header.filter((name) => mapped.has(plainName(name)) || columnNamed(name) !== undefined).length;
}

/**
 * What the columns of a table mean, by their names in its first row.
 * @throws UsageError that says everything that is wrong with them
 */
export function readColumns(header: readonly string[], map: ColumnMap): Columns {
  const names = header.map(plainCell);
  const fields = new Map(map.map(({ field, column }) => [plainName(column), field]));
  const places = names.map((name) => placeOf(fields.get(plainName(name)) ?? name));
  const unknown = names.filter((_, index) => places[index] === undefined);
  const faults = [...mapFaults(names, map), ...placeFaults(places), ...unknownFaults(unknown, map)];
  if (faults.length > 0) throw new UsageError([...faults, help(names)].join('; '));
  return columnsOf(places, unknown);
}

function columnsOf(found: readonly (Place | undefined)[], unread: readonly string[]): Columns {
  const places = found.map((place) => place ?? null);
  const isNeeded = (place: Place) => isColumn(place) && NEEDED.includes(place.path.join('.'));
  const width = places.findLastIndex((place) => place !== 'unnamed') + 1;
  return { places, unread, width, needed: places.findLastIndex(isNeeded) + 1 };
}

function placeOf(name: string): Place | undefined {
  if (name === '') return 'unnamed';
  return plainName(name) === plainName(REASON) ? null : columnNamed(name);
}

function placeFaults(places: readonly (Place | undefined)[]): readonly string[] {
  const read = places.filter(isColumn).map(({ path }) => path.join('.'));
  const twice = [...new Set(read.filter((name, index) => read.indexOf(name) !== index))];
  const missing = NEEDED.filter((name) => !read.includes(name));
  return [
    ...twice.map((name) => `the column ${name} stands there twice`),
    ...(missing.length === 0 ? [] : [`the first row names no column ${missing.join(', ')}`]),
  ];
}

/** Whoever names the columns that are meant has others that are not. */
function unknownFaults(unknown: readonly string[], map: ColumnMap): readonly string[] {
  if (map.length > 0) return [];
  return unknown.map((name) => `there is no column ${JSON.stringify(name.slice(0, 60))}`);
}

function mapFaults(names: readonly string[], map: ColumnMap): readonly string[] {
  const known = names.map(plainName);
  return map.flatMap(({ field, column }) => [
    ...(columnNamed(field) === undefined ? [`--map ${field}=${column}: there is no field ${field}`] : []),
    ...(known.includes(plainName(column))
      ? []
      : [`--map ${field}=${column}: the first row names no column ${column}`]),
  ]);
}

function help(names: readonly string[]): string {
  if (names.some((name) => parseRecipient(name).ok || /^https?:/i.test(name))) {
    return 'the first row must name the columns, and this one holds data: put a row such as to,fileUrl,caption above it';
  }
  const fields = Object.keys(readers()).join(', ');
  return `the columns are ${fields} and metadata.<name>. To read a sheet as it is, say which columns are meant, and all others are left out: --map to=Phone --map fileUrl=Link`;
}

/** `File URL`, `file_url` and `fileUrl` are one. */
function plainName(name: string): string {
  return plainCell(name)
    .toLowerCase()
    .replace(/[\s_-]+/g, '');
}

function columnNamed(name: string): Column | undefined {
  const plain = plainName(name);
  const kinds = readers();
  const known = Object.keys(kinds).find(
    (field) => plainName(field) === (plain === 'file' ? 'fileurl' : plain),
  );
  if (known !== undefined) return { path: known.split('.'), read: kinds[known] ?? readCell.text };
  const [, key] = /^metadata\.\s*(.+)$/i.exec(name.trim()) ?? [];
  return key === undefined ? undefined : { path: ['metadata', key], read: readCell.text };
}

export type ReadRow =
  | { readonly request: Readonly<Record<string, unknown>> }
  | { readonly faults: readonly ValidationFault[] };

/** A row as a request; an empty cell is as good as none. `mayEndEarly`: it may lack cells at its end. */
export function readRow(
  { places, width, needed }: Columns,
  cells: readonly string[],
  { mayEndEarly }: { readonly mayEndEarly: boolean },
): ReadRow {
  const isShort = cells.length < (mayEndEarly ? needed : width);
  if (isShort || cells.slice(places.length).some((cell) => cell.trim() !== '')) {
    return {
      faults: [{ pointer: '', detail: `has ${cells.length} cells where the first row has ${width}` }],
    };
  }
  const faults: ValidationFault[] = [];
  const request: Record<string, unknown> = {};
  places.forEach((place, index) => {
    const cell = cellFor(place, cells[index] ?? '');
    if (place === null || cell === '') return;
    if (place === 'unnamed') {
      faults.push({ pointer: '', detail: `has something in column ${index + 1}, which has no name` });
      return;
    }
    const damage = damageOf(cell);
    if (damage !== null) faults.push({ pointer: `/${place.path.join('/')}`, detail: damage });
    put(request, place, cell);
  });
  return faults.length > 0 ? { faults } : { request };
}

export function isColumn(place: Place | undefined): place is Column {
  return place !== undefined && place !== null && place !== 'unnamed';
}

function cellFor(place: Place, cell: string): string {
  return isColumn(place) && !FREE.has(place.path[0] ?? '') ? plainValue(cell) : plainCell(cell);
}

function put(request: Record<string, unknown>, { path, read }: Column, cell: string): void {
  const [field = '', key] = path;
  const value = read(cell);
  request[field] = key === undefined ? value : { ...asObject(request[field]), [key]: value };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

type Kinds = Readonly<Record<string, (cell: string) => unknown>>;
let read: Kinds | undefined;

/** Every field of a request that a cell can hold, out of the request's schema. */
function readers(): Kinds {
  read ??= kindsOf(z.toJSONSchema(requestSchema, { io: 'input', unrepresentable: 'any' }));
  return read;
}

const schemaPart = z.looseObject({
  type: z.unknown().optional(),
  format: z.string().optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

function kindsOf(schema: unknown, prefix = ''): Kinds {
  const properties = Object.entries(schemaPart.parse(schema).properties ?? {});
  return Object.fromEntries(
    properties.flatMap(([name, property]) => {
      const parts = alternatives(property);
      const fields = parts.find((part) => part.properties !== undefined);
      if (fields !== undefined) return Object.entries(kindsOf(fields, `${prefix}${name}.`));
      const read = readerOf(parts);
      return read === null ? [] : [[`${prefix}${name}`, read]];
    }),
  );
}

function alternatives(property: unknown): readonly z.output<typeof schemaPart>[] {
  const part = schemaPart.parse(property);
  if (part.anyOf !== undefined) return part.anyOf.flatMap(alternatives);
  return Array.isArray(part.type) ? part.type.map((type: unknown) => ({ ...part, type })) : [part];
}

function readerOf(parts: readonly z.output<typeof schemaPart>[]) {
  const types = parts.map(({ type }) => type);
  // Digits of what may be a text stay one: they may be a number with a country code.
  if (parts.some(({ type, format }) => type === 'string' && format !== 'date-time')) return readCell.text;
  if (types.includes('boolean')) return readCell.flag;
  if (types.includes('array')) return readCell.list;
  return types.includes('integer') || types.includes('number') ? readCell.number : null;
}
