import { once } from 'node:events';
import { connect } from 'node:net';

export type Answer = { readonly status: number; readonly text: string };

/** One keep-alive connection to an HTTP server, as cheap as can be: what is measured is the server. */
export type Line = {
  /** One at a time. @throws Error when the server hangs up, or does not say how long its answer is */
  post(body: string): Promise<Answer>;
  close(): void;
};

const HEAD_END = '\r\n\r\n';

/** Every POST on it goes to the same place with the same headers. */
export async function openLine(url: URL, headers: Readonly<Record<string, string>>): Promise<Line> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await once(socket, 'connect');
  const lines = Object.entries({ host: url.host, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const head = `POST ${url.pathname} HTTP/1.1\r\n${lines.join('')}content-length: `;
  let heard = '';
  let told: (answer: Answer) => void = () => undefined;
  let lost: (error: Error) => void = () => undefined;
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
    const answer = read(heard);
    if (answer === null) return;
    heard = '';
    told(answer);
  });
  socket.once('error', (error) => lost(error));
  socket.once('close', () => lost(new Error('the server hung up')));
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        told = resolve;
        lost = reject;
        socket.write(`${head}${Buffer.byteLength(body)}${HEAD_END}${body}`);
      }),
    close: () => void socket.destroy(),
  };
}

/** Null while the answer is not complete. */
function read(heard: string): Answer | null {
  const end = heard.indexOf(HEAD_END);
  if (end < 0) return null;
  const length = /\r\ncontent-length: (\d+)/i.exec(heard.slice(0, end))?.[1];
  if (length === undefined) throw new Error('an answer without its length');
  const text = heard.slice(end + HEAD_END.length);
  return text.length < Number(length) ? null : { status: Number(heard.slice(9, 12)), text };
}
