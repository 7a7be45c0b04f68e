import type { Board } from '../board.js';

/** Where the story is shown. */
export type View = {
  /** A sentence of the story. */
  say(sentence: string): void;
  /** The row with this id has changed. */
  show(board: Board, id: string): void;
  /** Something went wrong that the story does not tell of. */
  warn(text: string): void;
  /** Leaves the board as it stands; what is printed later comes below it. */
  finish(lines: readonly string[]): void;
  /** Gives the terminal back as it was. Idempotent. */
  close(): void;
};

/** What a view writes to. */
export type Screen = {
  write(text: string): void;
  /** Characters in a line, as of now. */
  readonly width: () => number;
};
