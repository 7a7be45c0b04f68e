import { join } from 'node:path';
import { readBatch } from './batch.js';
import { play } from './play.js';
import { reckon } from './reckon.js';
import { FROM, openStage, type Stage } from './stage.js';
import { drawLedger } from './view/ledger-table.js';
import type { Paint } from './view/paint.js';
import type { View } from './view/view.js';

export type Telling = {
  /** The folder with `batch.csv` and `files/`. */
  readonly examples: string;
  readonly view: View;
  readonly paint: Paint;
  readonly signal: AbortSignal;
};

/** Opens the stage, plays the batch, draws up the account and clears the stage. True: ledger and bill agree. */
export async function tellStory({ examples, view, paint, signal }: Telling): Promise<boolean> {
  const stage = await openStage({ filesFolder: join(examples, 'files'), tellTrouble: view.warn });
  const startedAt = Date.now();
  try {
    const batch = await readBatch(join(examples, 'batch.csv'), {
      from: FROM,
      filesOrigin: stage.filesOrigin,
    });
    view.say(introductionOf(stage));
    await play({ stage, batch, view, signal });
    if (signal.aborted) return false;
    const ledger = await stage.readLedger([startedAt, Date.now()]);
    const reckoning = reckon(ledger, stage.provider.bill());
    const nameOf = (to: string) => batch.find((request) => request.to === to)?.metadata.client ?? '';
    view.finish(drawLedger(reckoning, { nameOf, paint }));
    return reckoning.agree;
  } finally {
    await stage.close();
  }
}

function introductionOf({ redisPid }: Stage): string {
  return [
    `Waybill is running here with a private Redis (process ${redisPid}), a worker, a webhook consumer,`,
    'and a stand-in for the provider. Nothing leaves this machine;',
    'the numbers are from a range kept for fiction.',
  ].join(' ');
}
