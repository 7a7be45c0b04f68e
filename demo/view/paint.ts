import picocolors from 'picocolors';
import type { RowStatus } from '../board.js';

export type Paint = ReturnType<typeof picocolors.createColors>;

export function createPaint(isColoured: boolean): Paint {
  return picocolors.createColors(isColoured);
}

/** The colour of a status. */
export function paintStatus(paint: Paint, status: RowStatus | undefined): (text: string) => string {
  switch (status) {
    case 'delivered':
      return paint.green;
    case 'read':
      return (text) => paint.bold(paint.green(text));
    case 'accepted':
    case 'sent':
    case 'sending':
      return paint.cyan;
    case 'waiting':
    case 'held':
      return paint.yellow;
    case 'failed':
    case 'refused':
    case 'expired':
    case 'unknown':
      return paint.red;
    default:
      return paint.dim;
  }
}
