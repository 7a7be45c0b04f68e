import { formatSpan } from '../../domain/span.js';
import { SECOND } from '../../domain/time.js';
import type { CliContext } from '../context.js';
import type { Input } from './input.js';

/** How far a run has come. */
export type Tally = {
  taken: number;
  again: number;
  /** Those of them whose id was made of their content. */
  sameContent: number;
  refused: number;
  warned: number;
};

export type Progress = { tell(tally: Tally): void; end(): void };

const DRAW_EVERY_MS = 200;
const NOTE_EVERY_MS = 10 * SECOND;
const LONGEST_BAR = 24;
/** A shorter one tells nothing. */
const SHORTEST_BAR = 8;

/** Tells how far a run has come: a bar on a terminal, else a line now and then. */
export function startProgress({ output, now }: CliContext, input: Input): Progress {
  const { draw } = output;
  const startedAt = now();
  let toldAt = startedAt;
  return {
    tell(tally) {
      const at = now();
      if (at - toldAt < (draw === null ? NOTE_EVERY_MS : DRAW_EVERY_MS)) return;
      toldAt = at;
      const share = input.totalBytes === null ? null : Math.min(1, input.readBytes() / input.totalBytes);
      const text = progressText(tally, { share, elapsedMs: at - startedAt });
      if (draw === null) output.note(text);
      else draw(share === null ? text : withBar(text, share, output.room()));
    },
    end: () => draw?.(''),
  };
}

type Pace = { readonly share: number | null; readonly elapsedMs: number };

/** `42 %, 12,345 done, 4,300/s, 12 refused, 1 min left` */
function progressText({ taken, again, refused }: Tally, { share, elapsedMs }: Pace): string {
  const done = taken + again + refused;
  const perSecond = elapsedMs === 0 ? 0 : Math.round((done * SECOND) / elapsedMs);
  return [
    ...(share === null ? [] : [`${Math.floor(share * 100)} %`]),
    `${grouped(done)} done`,
    `${grouped(perSecond)}/s`,
    `${grouped(refused)} refused`,
    ...(share === null || share === 0 ? [] : [`${formatSpan((elapsedMs * (1 - share)) / share)} left`]),
  ].join(', ');
}

/** `[####......] 42 %, …`, with as long a bar as there is room for beside the text. */
function withBar(text: string, share: number, room: number): string {
  const length = Math.min(LONGEST_BAR, room - text.length - '[] '.length);
  if (length < SHORTEST_BAR) return text;
  const full = Math.floor(share * length);
  return `[${'#'.repeat(full)}${'.'.repeat(length - full)}] ${text}`;
}

/** `12,345` */
export function grouped(count: number): string {
  return count.toLocaleString('en');
}
