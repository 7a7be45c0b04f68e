import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Answer, JSON_TYPE } from '../api/answer.js';
import type { Fault } from './fault.js';

const CHUNK_BYTES = 64 * 1024;
const PROMISED_BYTES = 100;

/** Ends a request without a whole answer. A `hang` lasts until the caller, or the sandbox, ends it. */
export function disrupt(response: ServerResponse, fault: Fault, answer: Answer): void {
  switch (fault.kind) {
    case 'hang':
      if (fault.when === 'after_headers') sendHeadersOnly(response);
      break;
    case 'huge_body':
      writeHuge(response, fault.bytes);
      break;
    case 'lose_reply':
      response.socket?.end();
      break;
    case 'reset_mid_response':
      resetMidResponse(response, answer);
      break;
    default:
      response.socket?.resetAndDestroy();
  }
}

function sendHeadersOnly(response: ServerResponse): void {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': PROMISED_BYTES });
  response.flushHeaders();
}

function writeHuge(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': bytes });
  // A caller that hangs up half-way is what this fault is for.
  pipeline(Readable.from(chunksOf(bytes)), response).catch(() => undefined);
}

function* chunksOf(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES, ' ');
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) yield chunk.subarray(0, Math.min(left, CHUNK_BYTES));
}

/** The reset waits until the beginning has left, so that the caller does see one. */
function resetMidResponse(response: ServerResponse, { json }: Answer): void {
  const body = JSON.stringify(json);
  response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.socket?.resetAndDestroy());
}
