import { type Fields, readFields, readText, readTimestamp } from './fields.js';

/** One message as Get History lists it. */
export type HistoryMessage = {
  readonly unique: string;
  /** Epoch milliseconds, by the provider's clock. */
  readonly timestamp: number;
  readonly direction: 'in' | 'out';
  /** `file` for a sent file. */
  readonly type: string | null;
  /** Outgoing only; its values are not documented. */
  readonly state: string | null;
  readonly text: string | null;
  readonly caption: string | null;
  readonly from: string | null;
  readonly to: string | null;
};

export type HistoryPage = {
  readonly messages: readonly HistoryMessage[];
  /** Entries that could not be read. While there are any, the page proves no absence. */
  readonly skipped: number;
};

const DIRECTIONS: ReadonlyMap<string, 'in' | 'out'> = new Map([
  ['1', 'in'],
  ['in', 'in'],
  ['incoming', 'in'],
  ['2', 'out'],
  ['out', 'out'],
  ['outgoing', 'out'],
]);

/** Reads what can be read of a page, in the provider's order (newest first), and counts the rest. */
export function parseHistory(entries: readonly unknown[]): HistoryPage {
  const messages = entries.map(readMessage).filter((message) => message !== null);
  return { messages, skipped: entries.length - messages.length };
}

function readMessage(entry: unknown): HistoryMessage | null {
  const fields = readFields(entry);
  if (fields === null) return null;
  const unique = readText(fields.unique);
  const timestamp = readTimestamp(fields.timestamp);
  const direction = DIRECTIONS.get(readText(fields.direction)?.toLowerCase() ?? '');
  // Without these three a message is evidence of nothing.
  if (unique === null || timestamp === null || direction === undefined) return null;
  return { unique, timestamp, direction, ...readContent(fields) };
}

function readContent(fields: Fields): Omit<HistoryMessage, 'unique' | 'timestamp' | 'direction'> {
  return {
    type: readText(fields.type)?.toLowerCase() ?? null,
    state: readText(fields.state),
    text: readText(fields.message) ?? readText(fields.body),
    caption: readText(fields.caption),
    from: readText(fields.from),
    to: readText(fields.to),
  };
}
