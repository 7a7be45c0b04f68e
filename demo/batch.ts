import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { CLOSED_WINDOW_POLICIES } from '../src/domain/account.js';
import type { EnqueueRequest } from '../src/index.js';

/** A request of the batch; whose it is stands in its metadata. */
export type BatchRequest = EnqueueRequest & {
  readonly id: string;
  readonly metadata: { readonly client: string };
};

const rowsSchema = z.array(
  z.object({
    id: z.string().min(1),
    to: z.string(),
    fileUrl: z.url(),
    caption: z.string(),
    onClosedWindow: z.enum(CLOSED_WINDOW_POLICIES).or(z.literal('')),
    'metadata.client': z.string().min(1),
  }),
);

type CsvRow = z.infer<typeof rowsSchema>[number];

/**
 * Reads a CSV of requests, one a row, in the order in which they are to be sent. The links' own host gives way to
 * `filesOrigin`, where the same paths are served.
 */
export async function readBatch(
  path: string,
  { from, filesOrigin }: { readonly from: string; readonly filesOrigin: string },
): Promise<readonly BatchRequest[]> {
  const rows = rowsSchema.parse(parse(await readFile(path, 'utf8'), { columns: true, trim: true }));
  return rows.map((row) => ({ from, ...toRequest(row), fileUrl: movedTo(filesOrigin, row.fileUrl) }));
}

function toRequest({ id, to, caption, onClosedWindow, 'metadata.client': client }: CsvRow) {
  const policy = onClosedWindow === '' ? {} : { onClosedWindow };
  return { id, to, caption, ...policy, metadata: { client } };
}

function movedTo(origin: string, link: string): string {
  return new URL(new URL(link).pathname, origin).href;
}
