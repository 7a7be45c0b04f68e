import type { SandboxActions } from '../sandbox/verbs.js';
import { HOUR } from '../src/domain/time.js';
import { type Board, hasEnded, type RowStatus, was } from './board.js';

/** What a stage direction may move: the provider's stand-in and its clients, never Waybill itself. */
export type Scene = {
  readonly provider: Pick<SandboxActions, 'reply' | 'advance' | 'fault'>;
  /** A client's number by name. */
  readonly numberOf: (client: string) => string;
};

/** A stage direction: done once, as soon as its time has come. */
export type Direction = {
  readonly when: (board: Board) => boolean;
  readonly say: string;
  readonly act?: (scene: Scene) => void;
};

/** The provider's clock starts so long ago, so that clients can have written before today. */
export const LONG_AGO_MS = 25 * HOUR;

const YESTERDAY = ['Cleo', 'Dan'];
const TODAY = ['Ada', 'Ben', 'Eve', 'Gus'];

/** Before the batch, one after the other. */
export const PROLOGUE: readonly Omit<Direction, 'when'>[] = [
  {
    say: 'Cleo and Dan wrote 25 hours ago. A file may be sent for 24 hours after that: their windows are closed.',
    act({ provider, numberOf }) {
      for (const client of YESTERDAY) provider.reply(numberOf(client), 'Hello');
      provider.advance(LONG_AGO_MS);
    },
  },
  {
    say: 'Ada, Ben, Eve and Gus have just written: theirs are open.',
    act({ provider, numberOf }) {
      for (const client of TODAY) provider.reply(numberOf(client), 'Hello');
      provider.fault({ kind: 'fail', reason: 6, to: numberOf('Ben') });
      provider.fault({ kind: 'fail', reason: 4, to: numberOf('Eve') });
    },
  },
];

/** While the batch is on its way, in whatever order these moments come. */
export const DIRECTIONS: readonly Direction[] = [
  {
    when: happened('Finn', 'refused'),
    say: 'Finn: the number is too short. Refused at once, never queued.',
  },
  {
    when: happened('Ada', 'waiting', 'lane'),
    say: 'Ada: three files go one after the other, in the order of the batch, inside one paid session.',
  },
  {
    when: happened('Cleo', 'held', 'window'),
    say: 'Cleo: window closed, waiting for the client to write.',
  },
  {
    when: happened('Dan', 'sending', 'template'),
    say: 'Dan: window closed, sent as a template instead, with the file in its header.',
  },
  {
    when: happened('Ben', 'waiting', 'backoff'),
    say: 'Ben: the provider says FAIL 6, try again. Waybill will.',
  },
  {
    when: happened('Eve', 'failed', '4'),
    say: 'Eve: the provider says FAIL 4, bad number. Rejected, and not tried again.',
  },
  {
    when: (board) => only('Cleo', board).every((row) => was(row, 'held', 'window')) && othersEnded(board),
    say: 'Cleo: client replied, "Is my invoice ready?" The window opens and lets the file go.',
    act: ({ provider, numberOf }) => void provider.reply(numberOf('Cleo'), 'Is my invoice ready?'),
  },
];

function happened(client: string, status: RowStatus, reason?: string): Direction['when'] {
  return (board) => only(client, board).some((row) => was(row, status, reason));
}

function only(client: string, board: Board): Board {
  return board.filter((row) => row.client === client);
}

function othersEnded(board: Board): boolean {
  return board.every((row) => row.client === 'Cleo' || hasEnded(row));
}
