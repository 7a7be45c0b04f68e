import { createParser } from 'eventsource-parser';
import { request } from 'undici';
import { BOSS } from '../../support/api.js';

export type Sent = { readonly id: string; readonly type: string; readonly event: { readonly id: string } };

export type Reading = {
  readonly query?: string;
  readonly lastEventId?: string | undefined;
  readonly key?: string;
  readonly signal?: AbortSignal;
  /** The connection is cut after so many bytes, wherever in an event that is. */
  readonly cutAfter?: number;
};

/** Reads `GET /v1/events` as a browser would, until cut off or the stream's end. */
export async function* readStream(url: string, reading: Reading = {}): AsyncGenerator<Sent> {
  const { query = '', lastEventId, key = BOSS.secret, signal, cutAfter = Number.POSITIVE_INFINITY } = reading;
  const answer = await request(`${url}/v1/events${query}`, {
    headers: {
      authorization: `Bearer ${key}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${await answer.body.text()}`);
  const found: Sent[] = [];
  const parser = createParser({
    onEvent: ({ id = '', event: type = '', data }) => found.push({ id, type, event: JSON.parse(data) }),
  });
  let left = cutAfter;
  try {
    for await (const chunk of answer.body) {
      const text = Buffer.from(chunk).subarray(0, left).toString();
      left -= Buffer.byteLength(text);
      parser.feed(text);
      yield* found.splice(0);
      if (left <= 0) return;
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    answer.body.on('error', () => undefined).destroy();
  }
}
