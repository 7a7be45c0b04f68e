import { createReadStream, statSync } from 'node:fs';
import type { CliContext } from '../context.js';
import { UsageError } from '../usage-error.js';

/** What is read, and how much of it has been. */
export type Input = {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly readBytes: () => number;
  /** Null where it is not known: standard input. */
  readonly totalBytes: number | null;
};

/** Opens a file, or standard input for `-`. @throws UsageError when it cannot be read */
export function openInput(path: string, { stdin }: CliContext): Input {
  const totalBytes = path === '-' ? null : sizeOf(path);
  let readBytes = 0;
  // Opened when it is read: who ends before that leaves nothing behind.
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    const source = path === '-' ? stdin() : createReadStream(path);
    for await (const chunk of source) {
      const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      readBytes += bytes.length;
      yield bytes;
    }
  }
  return { bytes: counted(), readBytes: () => readBytes, totalBytes };
}

function sizeOf(path: string): number {
  try {
    const found = statSync(path);
    if (!found.isDirectory()) return found.size;
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  throw new UsageError(`${path} is a folder`);
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return code === 'ENOENT' ? 'there is no such file' : code;
}

/** The code of an error of Node's; none where there is none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
