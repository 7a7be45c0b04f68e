import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = { readonly headers: IncomingHttpHeaders; readonly payload: Record<string, unknown> };
export type Receiver = {
  readonly url: string;
  readonly received: Received[];
  /** Payloads of one `hook`, in the order of their arrival. */
  ofHook(hook: string): Record<string, unknown>[];
  close(): Promise<void>;
};

/** A webhook's receiving end. `statusOf` decides the answer to each callback; 200 by default. */
export async function startReceiver(statusOf: (arrival: number) => number = () => 200): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      received.push({ headers: request.headers, payload: JSON.parse(text) });
      response.writeHead(statusOf(received.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    ofHook: (hook) => received.map(({ payload }) => payload).filter((payload) => payload.hook === hook),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
