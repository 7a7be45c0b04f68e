import type { Serving } from '../lab/poster.js';
import { spread } from './figures.js';

/** What a server did: its rate, its CPU and Redis's per request. */
export function servingRow(who: string, runs: readonly Serving[]): readonly string[] {
  return [
    who,
    spread(runs.map(({ perSecond }) => perSecond)),
    spread(runs.map(({ serverMicros }) => serverMicros)),
    spread(runs.map(({ redisMicros }) => redisMicros)),
  ];
}
