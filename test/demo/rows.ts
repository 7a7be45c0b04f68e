import type { Board, Change, Row } from '../../demo/board.js';

/** A row that went through these changes: a status, a reason after a colon where there is one. */
export function rowOf(client: string, file: string, changes: readonly string[]): Row {
  return { id: `${client}-${file}`, client, to: '447700900101', file, changes: changes.map(toChange) };
}

/** One row of every kind that the demo shows. */
export const BOARD: Board = [
  rowOf('Ada', 'invoice.pdf', ['queued', 'sending:file', 'accepted:ok', 'sent', 'delivered', 'read']),
  rowOf('Ada', 'voice.mp3', ['queued', 'waiting:lane']),
  rowOf('Ben', 'clip.mp4', ['queued', 'sending:file', 'waiting:backoff:6']),
  rowOf('Cleo', 'invoice.pdf', ['queued', 'held:window']),
  rowOf('Dan', 'ticket.jpg', ['queued', 'sending:template', 'accepted:ok', 'sent']),
  rowOf('Eve', 'invoice.pdf', ['queued', 'sending:file', 'failed:4']),
  rowOf('Finn', 'clip.mp4', ['refused:invalid:to has 5 digits']),
  rowOf('Gus', 'voice.mp3', []),
];

function toChange(text: string): Change {
  const [status = '', reason = '', detail = ''] = text.split(':');
  return { status: status as Change['status'], reason, detail };
}
