import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What V8 writes with `--cpu-prof`: samples of a call tree; times in microseconds, by the clock of `clockMs`. */
const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  startTime: z.number(),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type Profile = z.output<typeof profileSchema>;

/** A function, and the time that was spent in itself. */
export type SelfTime = { readonly name: string; readonly place: string; readonly ms: number };

type Part = { readonly from: number; readonly to: number };

/** Of every profile in the folder, between two times by `clockMs`; longest first. */
export function selfTimes(folder: string, part: Part): readonly SelfTime[] {
  const times = new Map<string, SelfTime>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const profile = profileSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    for (const { name, place, ms } of ownTimes(profile, part)) {
      const key = `${name} ${place}`;
      times.set(key, { name, place, ms: ms + (times.get(key)?.ms ?? 0) });
    }
  }
  return [...times.values()].sort((a, b) => b.ms - a.ms);
}

function* ownTimes(
  { nodes, startTime, samples, timeDeltas }: Profile,
  { from, to }: Part,
): Generator<SelfTime> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  let at = startTime;
  for (const [index, id] of samples.entries()) {
    const micros = timeDeltas[index] ?? 0;
    at += micros;
    const frame = frames.get(id);
    if (frame === undefined || at < from * 1000 || at > to * 1000) continue;
    yield { name: frame.functionName || '(anonymous)', place: placeOf(frame), ms: micros / 1000 };
  }
}

function placeOf({ url, lineNumber }: { readonly url: string; readonly lineNumber: number }): string {
  if (url === '') return '';
  const path = url.replace(/^file:\/\//, '');
  return `${path.replace(/^.*\/(node_modules|dist|src|bench)\//, '$1/')}:${lineNumber + 1}`;
}
