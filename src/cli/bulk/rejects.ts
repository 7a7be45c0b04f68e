import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

export type Rejects = {
  /** Resolves when it may be given more. */
  add(text: string): Promise<void>;
  close(): Promise<void>;
};

/** A file for what was rejected; it is written anew as soon as there is something to write. */
export function openRejects(path: string, head: () => string): Rejects {
  let file: WriteStream | null = null;

  async function write(open: WriteStream, text: string): Promise<void> {
    if (!open.write(text)) await once(open, 'drain');
  }

  return {
    async add(text) {
      if (file === null) {
        // Whole numbers and links stand in it.
        file = createWriteStream(path, { mode: 0o600 });
        await once(file, 'open');
        await write(file, head());
      }
      await write(file, text);
    },
    async close() {
      if (file === null) return;
      file.end();
      await once(file, 'close');
      file = null;
    },
  };
}
