import { createServer, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { clockMs } from '../lab/clock.js';
import type { ProviderMessage } from '../lab/provider.js';

/**
 * A provider that accepts every file and does nothing else, for both rivals: the sandbox, which knows windows, sessions
 * and faults, would be slower than what is measured.
 */
const latencyMs = Number(process.env.LATENCY_MS ?? 0);
const MINUTE_MS = 60_000;

let count = 0;
/** Those that have had their answer, and how long they waited for it. */
let held = { count: 0, ms: 0 };
let watched: ReadonlySet<number> = new Set();
let expected: string | null = null;

const server = createServer((request, response) => {
  const at = clockMs();
  // A worker of Waybill's also asks how its webhook is set: it learns nothing here.
  if (request.url !== '/whatsapp/v2/sendFile') return void response.writeHead(404).end();
  count += 1;
  if (watched.has(count)) say({ kind: 'reached', count, at });
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => answer(response, { body: Buffer.concat(chunks).toString(), at }));
});
// Longer than any client keeps its end.
server.keepAliveTimeout = 10 * MINUTE_MS;

type Post = { readonly body: string; readonly at: number };

const fileSchema = z.object({
  from: z.string(),
  to: z.string(),
  body: z.string(),
  caption: z.string().optional(),
});

function answer(response: ServerResponse, { body, at }: Post): void {
  const file = fileSchema.parse(JSON.parse(body));
  if (expected === file.to) say({ kind: 'came', to: file.to, at });
  const text = JSON.stringify(acceptance(file));
  const send = () => {
    held = { count: held.count + 1, ms: held.ms + clockMs() - at };
    const type = { 'content-type': 'application/json; charset=utf-8' };
    response.writeHead(200, { ...type, 'content-length': Buffer.byteLength(text) }).end(text);
  };
  if (latencyMs === 0) send();
  else setTimeout(send, latencyMs);
}

let made = 0;

/** As the provider's document shows it. */
function acceptance(file: z.output<typeof fileSchema>) {
  made += 1;
  const unique = made.toString(16).padStart(64, '0').toUpperCase();
  return {
    status: 'OK',
    unique,
    ...file,
    timestamp: Math.floor(Date.now() / 1000),
    templateTimeLeft: '1440',
  };
}

const orderSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('watch'), counts: z.array(z.number()) }),
  z.object({ do: z.literal('expect'), to: z.string() }),
  z.object({ do: z.literal('total') }),
]);

function obey(order: z.output<typeof orderSchema>): ProviderMessage {
  switch (order.do) {
    case 'watch':
      count = 0;
      held = { count: 0, ms: 0 };
      watched = new Set(order.counts);
      return { kind: 'watching' };
    case 'expect':
      expected = order.to;
      return { kind: 'watching' };
    case 'total':
      return { kind: 'total', count, heldMs: held.ms / Math.max(1, held.count) };
    default:
      return order satisfies never;
  }
}

function say(message: ProviderMessage): void {
  process.send?.(message);
}

process.on('message', (message) => say(obey(orderSchema.parse(message))));
process.once('disconnect', () => process.exit(1));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  say({ kind: 'listening', url: `http://127.0.0.1:${port}/whatsapp/v2` });
});
