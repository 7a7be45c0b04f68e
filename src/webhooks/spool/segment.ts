import { access, type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WaybillError } from '../../errors.js';

/** Another process has taken the segment over: it may have read it to its end before our last bytes came. */
export class SegmentTakenError extends WaybillError {
  override readonly name = 'SegmentTakenError';

  constructor(options: ErrorOptions) {
    super('SEGMENT_TAKEN', 'Another process has taken over this part of the spool', options);
  }
}

/** A file that is being appended to. */
export type Segment = {
  readonly name: string;
  /** What has been appended so far. */
  readonly bytes: number;
  /** Resolves when the bytes are on disk, in a file that is still ours. @throws SegmentTakenError; what the disk says */
  append(bytes: Buffer): Promise<void>;
  /** Nothing more is appended; an empty file is not kept. */
  close(): Promise<void>;
};

/** Makes a new file for one's own eyes; its name must never have been used. */
export async function createSegment(folder: string, name: string): Promise<Segment> {
  const path = join(folder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(path, 'ax', 0o600);
  let bytes = 0;

  async function close(): Promise<void> {
    await file.close();
    if (bytes === 0) await rm(path, { force: true });
  }

  try {
    await syncFolder(folder);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name,
    get bytes() {
      return bytes;
    },
    async append(added) {
      await appendSurely(file, bytes, added);
      // Looked at last: who takes the file over from now on reads these bytes too.
      await access(path).catch((cause: unknown) => {
        throw new SegmentTakenError({ cause });
      });
      bytes += added.length;
    },
    close,
  };
}

/** All of it is on disk, or, as far as the disk allows, nothing of it. */
async function appendSurely(file: FileHandle, bytes: number, added: Buffer): Promise<void> {
  try {
    await file.appendFile(added);
    await file.datasync();
  } catch (error) {
    await file.truncate(bytes).catch(() => undefined);
    throw error;
  }
}

/** Makes the names in a folder as durable as what they name. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
