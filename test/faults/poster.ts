import { connect, type Socket } from 'node:net';
import { TOKEN } from '../support/stack.js';

/** How a POST ended: with a status, or 0 where no answer came. */
export type Posted = { readonly status: number; readonly ms: number };

export type Headers = Readonly<Record<string, string>>;

/** One keep-alive connection to a webhook endpoint, as cheap as can be: it is to spend nobody's time but the endpoint's. */
export type Poster = {
  /** One at a time. Connects when that is needed; an answer that does not come within 5 s counts as none. */
  post(body: Buffer, headers?: Headers): Promise<Posted>;
  close(): void;
};

const TIMEOUT_MS = 5000;
const JSON_TYPE = { 'content-type': 'application/json' };

export function createPoster(port: number): Poster {
  let socket: Socket | null = null;
  let heard: (text: string) => void = () => undefined;
  let ended: () => void = () => undefined;

  function open(): Promise<Socket> {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true });
    socket = opened;
    opened.setEncoding('latin1').on('data', (text: string) => heard(text));
    opened.on('error', () => undefined);
    opened.once('close', () => {
      if (socket !== opened) return;
      socket = null;
      ended();
    });
    return new Promise((resolve) => {
      opened.once('connect', () => resolve(opened)).once('close', () => resolve(opened));
    });
  }

  /** What it still has to say is about nothing any more. */
  function hangUp(): void {
    socket?.destroy();
    socket = null;
  }

  function answer(): Promise<number> {
    return new Promise((resolve) => {
      let text = '';
      const end = (status: number): void => {
        clearTimeout(timer);
        resolve(status);
      };
      const timer = setTimeout(() => {
        hangUp();
        end(0);
      }, TIMEOUT_MS);
      heard = (part) => {
        text += part;
        if (!text.includes('\r\n\r\n')) return;
        if (/\r\nconnection: close/i.test(text)) hangUp();
        end(Number(text.slice(9, 12)));
      };
      ended = () => end(Number(text.slice(9, 12)) || 0);
    });
  }

  return {
    async post(body, headers = JSON_TYPE) {
      const begun = performance.now();
      const line = socket ?? (await open());
      if (line.destroyed) return { status: 0, ms: performance.now() - begun };
      const status = answer();
      line.write(Buffer.concat([head(body, headers), body]));
      return { status: await status, ms: performance.now() - begun };
    },
    close: hangUp,
  };
}

function head(body: Buffer, headers: Headers): Buffer {
  const all = Object.entries({ host: 'x', ...headers, 'content-length': String(body.length) });
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST /webhooks/${TOKEN} HTTP/1.1\r\n${lines}\r\n`);
}
