import type { Env } from '../app/boot.js';
import type { Output } from './output.js';

/** What commands get from the process they run in. */
export type CliContext = {
  /** The package's. */
  readonly version: string;
  readonly output: Output;
  /** Standard input, for a command that reads it. */
  readonly stdin: () => AsyncIterable<Uint8Array | string>;
  /** The settings' variables, asked for when a command needs them. */
  readonly env: () => Env;
  /** Aborted by Ctrl-C and SIGTERM; a command that does not ask is ended by them as usual. */
  readonly stop: () => AbortSignal;
  /** Who sits at the command line, where that is known, and at which host. */
  readonly person: () => { readonly user: string | null; readonly host: string };
  /** Epoch milliseconds. */
  readonly now: () => number;
};
