import { backoffMs } from '../domain/backoff.js';
import type { Position } from '../domain/cursor.js';
import type { GapEvent, WaybillEvent } from '../domain/event.js';
import { HOUR, MINUTE, SECOND } from '../domain/time.js';
import type { PushObserver } from '../observe/observer.js';
import { Progress } from './progress.js';
import { IN_FLIGHT, type PushEndpoint, type PushResult } from './sender.js';
import { Turnstile } from './turnstile.js';

/** How long an event is tried for, counted from when it happened. */
const TRIED_MS = 24 * HOUR;
const RETRY = { maxAttempts: 0, baseMs: SECOND, capMs: 5 * MINUTE };
/** So far the reading may be ahead of the oldest event that is not done with. */
const AHEAD = 1000;
/** An event that so many others wait for, and that alone is refused so often, holds them up no longer. */
const TRIES_IN_THE_WAY = 8;

export type PusherDeps = {
  readonly endpoint: PushEndpoint;
  readonly send: (event: WaybillEvent) => Promise<PushResult>;
  readonly store: {
    save(account: string, position: Position): Promise<void>;
    bury(event: WaybillEvent, reason: string): Promise<void>;
  };
  readonly observer: PushObserver;
  readonly now: () => number;
  readonly random: () => number;
  /** Ends early when it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

type Read = {
  readonly event: WaybillEvent | GapEvent;
  readonly account: string;
  readonly position: Position;
};

/**
 * Pushes events to one endpoint until they end or the signal is aborted: those of one delivery one after the other, of
 * several a few at once. Each is taken, or in the dead letters, before the position moves on beyond it.
 */
export async function push(
  events: AsyncIterable<Read>,
  deps: PusherDeps,
  signal: AbortSignal,
): Promise<void> {
  const saving = createSaver(deps);
  const progress = new Progress(saving.note);
  const deliver = createDeliverer(deps, progress, signal);
  const lanes = new Map<string, Promise<void>>();
  const trouble: unknown[] = [];
  const look = () => progress.lookAgain();
  signal.addEventListener('abort', look, { once: true });
  try {
    for await (const { event, account, position } of events) {
      await progress.whenBelow(AHEAD, () => !signal.aborted);
      if (signal.aborted || trouble.length > 0) break;
      const done = progress.begin(account, position);
      if (!isWanted(event, deps)) {
        done();
        continue;
      }
      const lane = laneOf(event);
      const ahead = lanes.get(lane) ?? Promise.resolve();
      const mine = ahead
        .then(() => deliver(event, done))
        .catch((error: unknown) => void trouble.push(error))
        .finally(() => {
          if (lanes.get(lane) === mine) lanes.delete(lane);
        });
      lanes.set(lane, mine);
    }
  } finally {
    signal.removeEventListener('abort', look);
    await Promise.all(lanes.values());
    await saving.saved();
  }
  if (trouble.length > 0) throw trouble[0];
}

function isWanted(event: WaybillEvent | GapEvent, { endpoint, observer }: PusherDeps): event is WaybillEvent {
  if (event.type === 'gap') {
    observer.eventsMissed({ endpoint: endpoint.name });
    return false;
  }
  return endpoint.types.length === 0 || endpoint.types.includes(event.type);
}

function laneOf({ data }: WaybillEvent): string {
  return 'deliveryId' in data ? `${data.from} ${data.deliveryId}` : data.from;
}

type Deliver = (event: WaybillEvent, done: () => void) => Promise<void>;

function createDeliverer(deps: PusherDeps, progress: Progress, signal: AbortSignal): Deliver {
  const { endpoint, observer, store, now, random } = deps;
  const turnstile = openTurnstile(deps, signal);
  let taken = 0;
  return async (event, done) => {
    const takenBefore = taken;
    for (let tries = 1; !signal.aborted; tries += 1) {
      const result = await turnstile.pass(async () => (signal.aborted ? null : deps.send(event)));
      if (result === null) return;
      const inTheWay = tries >= TRIES_IN_THE_WAY && taken > takenBefore && progress.size >= AHEAD;
      const isDead = result.kind === 'failed' && (inTheWay || now() - Date.parse(event.timestamp) > TRIED_MS);
      const outcome = isDead ? 'dead' : result.kind;
      observer.eventPushed({
        endpoint: endpoint.name,
        result: outcome,
        id: event.id,
        tries,
        reason: result.kind === 'failed' ? result.reason : null,
      });
      if (result.kind === 'taken') taken += 1;
      else if (isDead) await store.bury(event, result.reason);
      if (outcome !== 'failed') return done();
      await deps.sleep(backoffMs(RETRY, tries, random()), signal);
    }
  };
}

function openTurnstile({ endpoint, observer, random, sleep }: PusherDeps, signal: AbortSignal): Turnstile {
  return new Turnstile({
    inFlight: IN_FLIGHT,
    random,
    sleep: (ms) => sleep(ms, signal),
    onRest: (rest) => {
      if (!signal.aborted) observer.endpointRests({ endpoint: endpoint.name, rest });
    },
  });
}

/** Writes positions down one after the other; of those that come meanwhile, the last of each account. */
function createSaver({ store }: Pick<PusherDeps, 'store'>) {
  const unsaved = new Map<string, Position>();
  let running: Promise<void> | null = null;

  async function save(): Promise<void> {
    for (let [next] = unsaved; next !== undefined; [next] = unsaved) {
      unsaved.delete(next[0]);
      await store.save(...next);
    }
    running = null;
  }
  /** The next one says the same and more; until then, these would only be pushed again. */
  function giveUp(): void {
    running = null;
  }
  return {
    note: (account: string, position: Position): void => {
      unsaved.set(account, position);
      running ??= save().catch(giveUp);
    },
    saved: async (): Promise<void> => {
      await running;
    },
  };
}
