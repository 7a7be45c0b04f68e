import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WaybillError } from '../../errors.js';
import { diskCode } from './disk-code.js';
import { type SpooledBody, writeLine } from './line.js';
import { createSizes } from './sizes.js';
import { createWriter, SEGMENT_ENDING, type WriterOptions } from './writer.js';

/** There is no more room for bodies. */
export class SpoolFullError extends WaybillError {
  override readonly name = 'SpoolFullError';

  constructor(limitBytes: number) {
    super('SPOOL_FULL', `The spool has room for ${limitBytes} bytes, and they are taken`);
  }
}

export type SpoolOptions = WriterOptions & {
  readonly limitBytes: number;
  readonly observer: {
    spooled(bodies: number): void;
    /** What all files take now. */
    measured(bytes: number): void;
  };
};

/** Bodies on disk, in the order in which they came. */
export type Spool = {
  /** Resolves when the body is on disk. @throws SpoolFullError; what the disk says */
  append(body: SpooledBody): Promise<void>;
  /** The oldest segment, to which nobody appends any more; undefined when nothing waits. */
  oldest(): Promise<string | undefined>;
  /** Its bytes; none where another process has taken it over. */
  read(name: string): Promise<Buffer>;
  /** Its bodies are applied. */
  remove(name: string): Promise<void>;
  /** Keeps it, for a person to look at; it is not read again, and goes on taking room. */
  setAside(name: string): Promise<void>;
  /** A file has come into the folder from elsewhere. */
  adopted(name: string): Promise<void>;
  close(): Promise<void>;
};

export function createSpool({ limitBytes, observer, ...options }: SpoolOptions): Spool {
  const pathOf = (name: string) => join(options.folder, name);
  const sizes = createSizes(observer.measured);
  const writer = createWriter(options, sizes);
  return {
    async append(body) {
      const line = writeLine(body);
      if (sizes.total + writer.waitingBytes + line.length > limitBytes) throw new SpoolFullError(limitBytes);
      await writer.append(line);
      observer.spooled(1);
    },
    async oldest() {
      const [first] = sizes
        .names()
        .filter((name) => name.endsWith(SEGMENT_ENDING))
        .sort();
      if (first !== undefined) await writer.end(first);
      return first;
    },
    read: (name) => readFile(pathOf(name)).catch(noneIfGone),
    async remove(name) {
      await rm(pathOf(name), { force: true });
      sizes.set(name, 0);
    },
    async setAside(name) {
      const aside = `${name}.aside`;
      await rename(pathOf(name), pathOf(aside));
      sizes.set(aside, sizes.of(name));
      sizes.set(name, 0);
    },
    async adopted(name) {
      sizes.set(name, (await stat(pathOf(name))).size);
    },
    close: () => writer.end(),
  };
}

function noneIfGone(error: unknown): Buffer {
  if (diskCode(error) === 'ENOENT') return Buffer.alloc(0);
  throw error;
}
