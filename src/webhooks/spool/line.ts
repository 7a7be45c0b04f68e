import { crc32 } from 'node:zlib';

/** A body that waits on disk: when it came (epoch ms), and its text. */
export type SpooledBody = { readonly at: number; readonly text: string };

/** What a segment's bytes hold. `damaged`: lines that are not what was written, by the disk's fault. */
export type ReadLines = { readonly bodies: readonly SpooledBody[]; readonly damaged: number };

/** One body as one line: a checksum, a blank, and JSON, which has no line breaks of its own. */
export function writeLine({ at, text }: SpooledBody): Buffer {
  const json = JSON.stringify([at, text]);
  return Buffer.from(`${checksum(json)} ${json}\n`);
}

/** A last line without an end was being written when all ended, and nobody was told that it was kept. */
export function readLines(bytes: Buffer): ReadLines {
  const lines = bytes.toString().split('\n').slice(0, -1);
  const bodies = lines.flatMap((line) => readLine(line) ?? []);
  return { bodies, damaged: lines.length - bodies.length };
}

function readLine(line: string): SpooledBody | null {
  const json = line.slice(9);
  if (line.slice(0, 9) !== `${checksum(json)} `) return null;
  const [at, text] = JSON.parse(json) as readonly [number, string];
  return { at, text };
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}
