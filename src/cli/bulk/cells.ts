const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);

/** Cells as values, by what a field holds; what does not fit stays as it is, for the request's own words. */
export const readCell = {
  text: (cell: string): unknown => cell,
  number: (cell: string): unknown => (/^\d+$/.test(cell) ? Number(cell) : cell),
  flag: (cell: string): unknown => FLAGS.get(cell.toLowerCase()) ?? cell,
  list: (cell: string): unknown => cell.split('|').map((part) => part.trim()),
} as const;

/** `="0501234567"`: how numbers are kept from a spreadsheet that would shorten them. */
const FORMULA_TEXT = /^=\s*"((?:[^"]|"")*)"$/;

/** A cell's text: without blanks around it, and without the formula that only says that it is one. */
export function plainCell(cell: string): string {
  const trimmed = cell.trim();
  if (!trimmed.startsWith('=')) return trimmed;
  const [, text] = FORMULA_TEXT.exec(trimmed) ?? [];
  return text === undefined ? trimmed : text.replaceAll('""', '"').trim();
}

/** The same where a leading `'` can only be a spreadsheet's sign for text. */
export function plainValue(cell: string): string {
  const text = plainCell(cell);
  return /^['\u2019]/.test(text) ? plainCell(text.replace(/^['\u2019]+/, '')) : text;
}

const SPREADSHEET_ERROR = /^#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!|CALC!)$/i;

/** Why a cell's text is not what was meant; null: it may be. */
export function damageOf(cell: string): string | null {
  if (cell.includes('\ufffd')) {
    return 'holds a character that was lost when the file was saved: save it as UTF-8';
  }
  return cell.startsWith('#') && SPREADSHEET_ERROR.test(cell)
    ? `is the error ${cell} of a spreadsheet, not a value`
    : null;
}
