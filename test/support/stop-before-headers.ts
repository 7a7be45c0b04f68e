import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';

const STOPPING = 'stopping before the headers of ';

/** Captions of the files whose POSTs a process stopped itself at, from all that it wrote. */
export function stoppedAt(output: string): readonly string[] {
  return [...output.matchAll(new RegExp(`^${STOPPING}(\\S+)$`, 'gm'))].map(([, caption]) => caption ?? '');
}

/**
 * From now on one POST in so many, of those that send a file, stops this process (SIGSTOP) after it was dispatched and
 * before its headers are written: undici tells of a request when it is made, in the tick of the dispatch.
 */
export function stopBeforeHeaders(oneIn: number): void {
  let sends = 0;
  subscribe('undici:request:create', (message) => {
    const { path, body } = Object(Object(message).request);
    if (!String(path).endsWith('/sendFile')) return;
    sends += 1;
    if (sends % oneIn !== 0) return;
    writeSync(1, `${STOPPING}${JSON.parse(String(body)).caption}\n`);
    process.kill(process.pid, 'SIGSTOP');
  });
}
