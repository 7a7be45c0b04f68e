import type { GapEvent, WaybillEvent } from '../domain/event.js';
import type { PushEndpoint, PushResult } from './sender.js';

/** How a replay went, of one endpoint. */
export type Replayed = { readonly taken: number; readonly failed: number };

type ReplayDeps = {
  readonly endpoint: Pick<PushEndpoint, 'types'>;
  readonly send: (event: WaybillEvent) => Promise<PushResult>;
  /** Told of each event that was posted. */
  readonly onSent: (event: WaybillEvent, result: PushResult) => Promise<void>;
};

/** Posts events once more, one after the other and each once, whether they were taken before or not. */
export async function replay(
  events: AsyncIterable<WaybillEvent | GapEvent>,
  { endpoint, send, onSent }: ReplayDeps,
): Promise<Replayed> {
  let [taken, failed] = [0, 0];
  for await (const event of wantedBy(endpoint, events)) {
    const result = await send(event);
    if (result.kind === 'taken') taken += 1;
    else failed += 1;
    await onSent(event, result);
  }
  return { taken, failed };
}

/** Those that an endpoint is told of. */
export async function* wantedBy(
  { types }: ReplayDeps['endpoint'],
  events: AsyncIterable<WaybillEvent | GapEvent>,
): AsyncGenerator<WaybillEvent> {
  for await (const event of events) {
    if (event.type === 'gap') continue;
    if (types.length === 0 || types.includes(event.type)) yield event;
  }
}
