import { setImmediate as turn } from 'node:timers/promises';
import type { Position } from '../../src/domain/cursor.js';
import type { GapEvent, WaybillEvent } from '../../src/domain/event.js';
import { createObserver } from '../../src/observe/events.js';
import { createLog } from '../../src/observe/log.js';
import { createMetrics } from '../../src/observe/metrics.js';
import { push } from '../../src/push/pusher.js';
import type { PushResult } from '../../src/push/sender.js';
import { parseMetrics } from '../observe/metrics-text.js';
import { FROM } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
/** So far the reading may be ahead of an event that is refused. */
const AHEAD = 1000;

type Event = WaybillEvent | GapEvent;
type Read = { readonly event: Event; readonly account: string; readonly position: Position };

function eventOf(index: number): WaybillEvent {
  return {
    id: `${FROM}-${index}-0`,
    type: 'delivery.accepted',
    timestamp: new Date(NOW).toISOString(),
    data: {
      from: FROM,
      account: 'shop',
      deliveryId: `d${index}`,
      status: 'accepted',
      reason: null,
      attempt: 1,
      unique: null,
      failureCode: null,
      failureReason: null,
      metadata: {},
    },
  };
}

async function* readOf(events: readonly Event[]): AsyncGenerator<Read> {
  for (const [index, event] of events.entries()) yield { event, account: FROM, position: `${index}-0` };
}

/** Pushes events to an endpoint that answers so, with no time in between. */
function start(events: readonly Event[], answer: (event: WaybillEvent) => PushResult) {
  const metrics = createMetrics({
    version: 'test',
    role: 'worker',
    defaultMetrics: false,
    endpoints: ['app'],
  });
  const log = createLog({ level: 'error', format: 'json', destination: { write: () => undefined } });
  const buried: { readonly id: string; readonly reason: string }[] = [];
  const taken: string[] = [];
  const tries = new Map<string, number>();
  let reached = '';
  const stop = new AbortController();
  const ended = push(
    readOf(events),
    {
      endpoint: { name: 'app', url: 'https://app.example.com/hook', types: [], allowPrivate: false },
      async send(event) {
        await turn();
        const result = answer(event);
        tries.set(event.id, (tries.get(event.id) ?? 0) + 1);
        if (result.kind === 'taken') taken.push(event.id);
        return result;
      },
      store: {
        save: async (_account, position) => {
          reached = position;
        },
        bury: async ({ id }, reason) => void buried.push({ id, reason }),
      },
      observer: createObserver({ metrics, log }),
      now: () => NOW,
      random: () => 0.5,
      sleep: () => turn(),
    },
    stop.signal,
  );
  return {
    ended,
    stop: () => stop.abort(),
    buried,
    taken,
    tries,
    reached: () => reached,
    samples: async (name: string) =>
      parseMetrics(await metrics.render()).samples.filter((sample) => sample.name === name),
  };
}

const FAILED: PushResult = { kind: 'failed', reason: 'http_500', restMs: 0 };
const TAKEN: PushResult = { kind: 'taken' };

it('gives an event up that it alone is refused, once a thousand others wait for it', async () => {
  const events = Array.from({ length: AHEAD + 500 }, (_, index) => eventOf(index));
  const [refused] = events;
  const pushing = start(events, ({ id }) => (id === refused?.id ? FAILED : TAKEN));
  await pushing.ended;
  expect(pushing.buried).toEqual([{ id: refused?.id, reason: 'http_500' }]);
  expect(pushing.tries.get(refused?.id ?? '')).toBeGreaterThanOrEqual(8);
  expect(new Set(pushing.taken).size).toBe(events.length - 1);
  expect(pushing.reached()).toBe(`${events.length - 1}-0`);
  expect(await pushing.samples('waybill_event_pushes_total')).toContainEqual(
    expect.objectContaining({ labels: { endpoint: 'app', result: 'dead' }, value: 1 }),
  );
});

it('gives none up while the endpoint takes nothing, however many wait', async () => {
  const events = Array.from({ length: AHEAD + 500 }, (_, index) => eventOf(index));
  const pushing = start(events, () => FAILED);
  await eventually(() => [...pushing.tries.values()].some((tries) => tries > 10), { timeoutMs: 20_000 });
  pushing.stop();
  await pushing.ended;
  expect(pushing.buried).toEqual([]);
});

it('keeps trying an event that few wait for', async () => {
  const events = Array.from({ length: AHEAD - 1 }, (_, index) => eventOf(index));
  const [refused] = events;
  const pushing = start(events, ({ id }) => (id === refused?.id ? FAILED : TAKEN));
  await eventually(() => (pushing.tries.get(refused?.id ?? '') ?? 0) > 20, { timeoutMs: 20_000 });
  pushing.stop();
  await pushing.ended;
  expect(pushing.buried).toEqual([]);
  expect(pushing.taken).toHaveLength(events.length - 1);
});

it('counts a gap in what the endpoint is told, and goes on after it', async () => {
  const gap: GapEvent = {
    id: `${FROM}-7-0`,
    type: 'gap',
    timestamp: new Date(NOW).toISOString(),
    data: { from: FROM, account: 'shop', after: `${FROM}-1-0` },
  };
  const pushing = start([gap, eventOf(7)], () => TAKEN);
  expect(await pushing.samples('waybill_event_push_gaps_total')).toMatchObject([{ value: 0 }]);
  await pushing.ended;
  expect(pushing.taken).toEqual([`${FROM}-7-0`]);
  expect(pushing.reached()).toBe('1-0');
  expect(await pushing.samples('waybill_event_push_gaps_total')).toMatchObject([
    { labels: { endpoint: 'app' }, value: 1 },
  ]);
});
