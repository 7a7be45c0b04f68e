import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';
import { createLiveView } from './live-view.js';
import { createPaint, type Paint } from './paint.js';
import { createPlainView } from './plain-view.js';
import type { View } from './view.js';

const LEAST_COLUMNS = 30;
/** The table, and a sentence above it. */
const LEAST_ROWS = 16;

/** The view that suits where the output goes, and what it may be painted with. */
export function createView(
  stdout: WriteStream,
  env: NodeJS.ProcessEnv,
): { readonly view: View; readonly paint: Paint } {
  const startedAt = performance.now();
  // Elsewhere Node does not know the width: long lines are left to the reader.
  const width = () => stdout.columns ?? Number.POSITIVE_INFINITY;
  const screen = { write: (text: string) => void stdout.write(text), width };
  const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb';
  // A build server may ask for colours everywhere; a file gets none.
  const paint = createPaint(isTerminal && picocolors.isColorSupported);
  if (!isTerminal || width() < LEAST_COLUMNS || stdout.rows < LEAST_ROWS) {
    return { view: createPlainView(screen, () => performance.now() - startedAt), paint };
  }
  const live = createLiveView(screen, paint);
  stdout.on('resize', live.redraw);
  const close = () => {
    stdout.off('resize', live.redraw);
    live.close();
  };
  return { view: { ...live, close }, paint };
}
