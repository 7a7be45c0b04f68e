import type { IncomingMessage } from 'node:http';

export const MAX_BODY_BYTES = 2 ** 20;

/** A request's body as text. Rejects when the caller breaks off or sends more than a mebibyte. */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) request.destroy(new Error('The request is larger than a mebibyte'));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete) reject(new Error('The caller broke off'));
    });
  });
}
