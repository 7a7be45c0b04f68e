import { join } from 'node:path';
import { maskText } from '../src/domain/mask.js';
import { type Interruption, listenForInterruption } from './interruption.js';
import { tellStory } from './tell-story.js';
import { createView } from './view/create-view.js';

/** The checkout, as seen from where the compiled file lies. */
const EXAMPLES = join(__dirname, '..', '..', 'examples');

async function main(interruption: Interruption): Promise<number> {
  const { view, paint } = createView(process.stdout, process.env);
  // However this ends, the cursor comes back.
  process.once('exit', view.close);
  interruption.signal.addEventListener('abort', () => view.say('Interrupted: cleaning up.'));
  try {
    const agree = await tellStory({ examples: EXAMPLES, view, paint, signal: interruption.signal });
    return interruption.exitCode() ?? (agree ? 0 : 1);
  } catch (error) {
    const exitCode = interruption.exitCode();
    if (exitCode !== null) return exitCode;
    process.stderr.write(`waybill: ${maskText(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  } finally {
    view.close();
  }
}

void main(listenForInterruption()).then((exitCode) => {
  process.exitCode = exitCode;
});
