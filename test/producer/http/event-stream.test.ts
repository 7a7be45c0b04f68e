import { Readable } from 'node:stream';
import type { ReadEvent } from '../../../src/index.js';
import { toEventStream } from '../../../src/producer/http/event-stream.js';
import { eventually } from '../../support/wait.js';

const paused: ReadEvent = {
  cursor: 'c1',
  id: '972771234567-1-0',
  type: 'account.paused',
  timestamp: '2026-11-22T12:00:00.000Z',
  data: { from: '972771234567', account: 'shop', reason: 'fire', by: 'operator', who: null, source: null },
};
const never = () => {
  throw new Error('Nobody was to be cut');
};

/** A source that tells what it is given, when it is. */
function openSource() {
  const told: ReadEvent[] = [];
  let wake = () => {};
  let isEnded = false;
  async function* events(): AsyncGenerator<ReadEvent> {
    while (!isEnded) {
      yield* told.splice(0);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    events: events(),
    tell(event: ReadEvent) {
      told.push(event);
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
  };
}

it('breaks a silence with a comment, as long as it lasts, and loses no event by it', async () => {
  const source = openSource();
  const stream = toEventStream(source.events, { silenceMs: 5, cut: never });
  const next = async () => (await stream.next()).value;
  expect(await next()).toBe('retry: 2000\n\n');
  expect([await next(), await next(), await next()]).toEqual([':\n\n', ':\n\n', ':\n\n']);
  source.tell(paused);
  const { cursor: _cursor, ...event } = paused;
  await eventually(async () => {
    const text = await next();
    if (text === ':\n\n') return false;
    expect(text).toBe(`id: c1\nevent: account.paused\ndata: ${JSON.stringify(event)}\n\n`);
    return true;
  });
  expect(await next()).toBe(':\n\n');
  source.end();
  await stream.return(undefined);
});

it('cuts a reader who takes nothing for long, and lets go of the events', async () => {
  const source = openSource();
  const cut = () => {
    source.end();
    body.destroy();
  };
  const text = toEventStream(source.events, { silenceMs: 1, stalledMs: 50, cut });
  const body = Readable.from(text, { objectMode: false, highWaterMark: 64 });
  const closed = new Promise((resolve) => body.once('close', resolve));
  body.read(0);
  await closed;
  expect(await text.next()).toEqual({ done: true, value: undefined });
});

it('lets a reader be who takes what comes', async () => {
  const source = openSource();
  const stream = toEventStream(source.events, { silenceMs: 20, stalledMs: 10, cut: never });
  for (let taken = 0; taken < 5; taken += 1) await stream.next();
  const closing = stream.return(undefined);
  source.end();
  await closing;
});
