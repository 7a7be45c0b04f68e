import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const eventSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    timestamp: z.string(),
    data: z.looseObject({ from: z.string().optional(), deliveryId: z.string().optional() }),
  })
  .refine(({ type, data }) => type === 'test' || data.from !== undefined);

export type Pushed = {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: z.infer<typeof eventSchema>;
};

/** How a POST is answered; `hangs`: never. */
export type Answer = number | { readonly status: number; readonly headers: Record<string, string> } | 'hangs';

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** An app that is told events on a real port. */
export async function startReceiver(answer: (pushed: Pushed) => Answer = () => 204) {
  const all: Pushed[] = [];
  const taken: Pushed[] = [];
  const answers = { next: answer };
  let server = await listen(0);
  const { port } = Object(server.address()) satisfies AddressInfo;

  async function listen(at: number): Promise<Server> {
    const opened = createServer(async (request, response) => {
      const body = await text(request);
      const pushed = { headers: request.headers, body, event: eventSchema.parse(JSON.parse(body)) };
      all.push(pushed);
      const given = answers.next(pushed);
      if (given === 'hangs') return;
      const { status, headers } = typeof given === 'number' ? { status: given, headers: {} } : given;
      if (status < 300) taken.push(pushed);
      response.writeHead(status, headers).end();
    });
    await new Promise<void>((resolve) => opened.listen(at, '127.0.0.1', resolve));
    return opened;
  }
  async function stop(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    /** Every POST that came, and those that were answered well. */
    all,
    taken,
    answerWith(next: (pushed: Pushed) => Answer): void {
      answers.next = next;
    },
    /** Nothing listens there for a while. */
    goDown: stop,
    async comeBack(): Promise<void> {
      server = await listen(port);
    },
    close: stop,
  };
}
