import { basename } from 'node:path/posix';
import type { Status } from '../src/index.js';
import type { BatchRequest } from './batch.js';

/** A delivery's status, or `refused`: it was never taken into the queue. */
export type RowStatus = Status | 'refused';

/** One change of one row. `detail`: the FAIL reason behind a retry, the words of a refusal. */
export type Change = {
  readonly status: RowStatus;
  readonly reason: string;
  readonly detail: string;
};

/** What is shown of one request: whose it is, and all that became of it, oldest first. */
export type Row = {
  readonly id: string;
  readonly client: string;
  readonly to: string;
  readonly file: string;
  readonly changes: readonly Change[];
};

/** The batch as it stands. */
export type Board = readonly Row[];

export function createBoard(batch: readonly BatchRequest[]): Board {
  return batch.map(({ id, to, fileUrl, metadata }) => ({
    id,
    to,
    client: metadata.client,
    file: basename(new URL(fileUrl).pathname),
    changes: [],
  }));
}

export function applyChange(board: Board, id: string, change: Change): Board {
  return board.map((row) => (row.id === id ? { ...row, changes: [...row.changes, change] } : row));
}

/** Undefined: it has not been enqueued yet. */
export function latest(row: Row): Change | undefined {
  return row.changes.at(-1);
}

/** Whether the row has ever been at this status, for this reason where one is given. */
export function was(row: Row, status: RowStatus, reason?: string): boolean {
  return row.changes.some(
    (change) => change.status === status && (reason === undefined || change.reason === reason),
  );
}

/** Attempts that were begun. */
export function attemptsOf(row: Row): number {
  return row.changes.filter(({ status }) => status === 'sending').length;
}

const ENDS: readonly RowStatus[] = ['read', 'failed', 'expired', 'cancelled', 'refused'];

/** Nothing more will happen to it; a file that arrived is only through when it has been read. */
export function hasEnded(row: Row): boolean {
  const status = latest(row)?.status;
  return status !== undefined && ENDS.includes(status);
}
