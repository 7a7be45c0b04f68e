import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { extname, join } from 'node:path';
import { makeCertificates } from './certificates.js';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.jpg': 'image/jpeg',
  '.mp4': 'video/mp4',
  '.mp3': 'audio/mpeg',
};

/** The files of one folder over https, to this machine alone. */
export type FileServer = {
  readonly origin: string;
  /** The authority to trust, PEM. */
  readonly ca: string;
  close(): Promise<void>;
};

/** Reads the folder's files once and serves them by name on a free port of 127.0.0.1. */
export async function startFileServer(folder: string): Promise<FileServer> {
  const files = await readFiles(folder);
  const { ca, cert, key } = await makeCertificates();
  const server = createServer({ cert, key }, (request, response) => {
    answer(response, files.get(request.url ?? ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `https://127.0.0.1:${port}`,
    ca,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

type File = { readonly type: string; readonly bytes: Buffer };

/** By path as it stands in a request. */
async function readFiles(folder: string): Promise<ReadonlyMap<string, File>> {
  const names = (await readdir(folder)).filter((name) => extname(name) in CONTENT_TYPES);
  const files = names.map(async (name): Promise<[string, File]> => {
    const type = CONTENT_TYPES[extname(name)] ?? '';
    return [`/${name}`, { type, bytes: await readFile(join(folder, name)) }];
  });
  return new Map(await Promise.all(files));
}

function answer(response: ServerResponse, file: File | undefined): void {
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length });
  response.end(file.bytes);
}
