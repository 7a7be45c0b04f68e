import type { EnqueuedOrError, ReadEvent, Waybill } from '../src/index.js';
import { ValidationError } from '../src/index.js';
import type { BatchRequest } from './batch.js';
import { applyChange, type Board, type Change, createBoard, hasEnded, latest } from './board.js';
import { FROM, type Stage } from './stage.js';
import { DIRECTIONS, type Direction, PROLOGUE, type Scene } from './story.js';
import type { View } from './view/view.js';

/** Longer than the story ever takes: beyond it something stands still, and that is an error. */
const PATIENCE_MS = 50_000;

export type Playing = {
  readonly stage: Stage;
  readonly batch: readonly BatchRequest[];
  readonly view: View;
  readonly signal: AbortSignal;
};

/** Tells the story once: sets the scene, enqueues the batch, follows every delivery to its end. */
export async function play({ stage, batch, view, signal }: Playing): Promise<void> {
  const { provider, waybill } = stage;
  const scene = { provider, numberOf: numbersOf(batch) };
  for (const { say, act } of PROLOGUE) {
    view.say(say);
    act?.(scene);
    // Its callbacks are answered once they are durable: from here on Waybill knows what was written.
    await provider.idle();
  }
  view.say(`The app enqueues ${batch.length} files.`);
  const direct = createDirector(scene, view);
  let board = createBoard(batch);
  const show = (id: string, change: Change) => {
    board = applyChange(board, id, change);
    view.show(board, id);
    direct(board);
  };
  for (const [index, answer] of (await waybill.enqueueMany(batch)).entries()) {
    const refusal = refusalOf(answer);
    if (refusal !== null) show(batch[index]?.id ?? '', refusal);
  }
  await follow({ waybill, signal, show, isOver: () => board.every(hasEnded) });
  if (!signal.aborted && !board.every(hasEnded))
    throw new Error(`The story stands still: ${stillOpen(board)}`);
}

function numbersOf(batch: readonly BatchRequest[]): Scene['numberOf'] {
  return (client) => {
    const request = batch.find(({ metadata }) => metadata.client === client);
    if (request === undefined) throw new Error(`Nobody in the batch is called ${client}`);
    return request.to;
  };
}

/** Gives each direction when its time has come, once. */
function createDirector(scene: Scene, view: View): (board: Board) => void {
  let pending: readonly Direction[] = DIRECTIONS;
  return (board) => {
    const due = pending.filter(({ when }) => when(board));
    pending = pending.filter((direction) => !due.includes(direction));
    for (const { say, act } of due) {
      view.say(say);
      act?.(scene);
    }
  };
}

/** A request that can never be sent is an answer; any other error is ours. */
function refusalOf(answer: EnqueuedOrError): Change | null {
  if (!('error' in answer)) return null;
  if (!(answer.error instanceof ValidationError)) throw answer.error;
  const detail = answer.error.errors.map(({ pointer, detail: words }) => `${pointer.slice(1)} ${words}`);
  return { status: 'refused', reason: 'invalid', detail: detail.join('; ') };
}

type Following = {
  readonly waybill: Waybill;
  readonly signal: AbortSignal;
  readonly show: (id: string, change: Change) => void;
  readonly isOver: () => boolean;
};

async function follow({ waybill, signal, show, isOver }: Following): Promise<void> {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  for await (const event of waybill.events({ from: FROM, after: '0', signal: ends })) {
    const change = await changeOf(event, waybill);
    if (change !== null) show(...change);
    if (isOver()) return;
  }
}

/** The event says that it failed and will be tried again; the record knows what the provider said. */
async function changeOf({ data }: ReadEvent, waybill: Waybill): Promise<[string, Change] | null> {
  if (!('deliveryId' in data)) return null;
  const { deliveryId, status } = data;
  const reason = data.reason ?? '';
  if (reason !== 'backoff') return [deliveryId, { status, reason, detail: '' }];
  const { attempts } = await waybill.get(deliveryId);
  return [deliveryId, { status, reason, detail: attempts.at(-1)?.reason ?? '' }];
}

function stillOpen(board: Board): string {
  const open = board.filter((row) => !hasEnded(row));
  return open.map((row) => `${row.id} is ${latest(row)?.status ?? 'not queued'}`).join(', ');
}
