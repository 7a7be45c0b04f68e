import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../report/project.js';

/** What V8 writes with `--cpu-prof`: samples of a call tree; times in microseconds, by the clock of `clockMs`. */
const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).default([]),
    }),
  ),
  startTime: z.number(),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type Profile = z.output<typeof profileSchema>;
type Node = Profile['nodes'][number];

/** A function, and the time that was spent in itself; `owner` is the source on whose behalf Node or V8 did it. */
export type SelfTime = {
  readonly name: string;
  readonly place: string;
  readonly owner: string;
  readonly ms: number;
};

export type Part = { readonly from: number; readonly to: number };

/** Of every profile in the folder, between two times by `clockMs`; longest first. */
export function selfTimes(folder: string, part: Part): readonly SelfTime[] {
  const times = new Map<string, SelfTime>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const profile = profileSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    for (const each of ownTimes(profile, part)) {
      const key = `${each.name} ${each.place} ${each.owner}`;
      times.set(key, { ...each, ms: each.ms + (times.get(key)?.ms ?? 0) });
    }
  }
  return [...times.values()].sort((a, b) => b.ms - a.ms);
}

function* ownTimes(profile: Profile, { from, to }: Part): Generator<SelfTime> {
  const functions = describeAll(profile);
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const micros = profile.timeDeltas[index] ?? 0;
    at += micros;
    const found = functions.get(id);
    if (found === undefined || at < from * 1000 || at > to * 1000) continue;
    yield { ...found, ms: micros / 1000 };
  }
}

type Described = Omit<SelfTime, 'ms'>;

function describeAll({ nodes }: Profile): ReadonlyMap<number, Described> {
  const parents = new Map(nodes.flatMap((node) => node.children.map((child) => [child, node] as const)));
  const ownerOf = (node: Node | undefined): string => {
    if (node === undefined) return '';
    return isInternal(node) ? ownerOf(parents.get(node.id)) : placeOf(node);
  };
  return new Map(
    nodes.map((node) => {
      const { functionName } = node.callFrame;
      return [node.id, { name: functionName || '(anonymous)', place: placeOf(node), owner: ownerOf(node) }];
    }),
  );
}

/** Of Node itself or of V8. */
function isInternal({ callFrame: { url } }: Node): boolean {
  return url === '' || url.startsWith('node:');
}

function placeOf({ callFrame: { url, lineNumber } }: Node): string {
  if (url === '') return '';
  const path = url.replace(/^file:\/\//, '');
  const short = path.includes('/node_modules/')
    ? path.replace(/^.*\/(?=node_modules\/)/, '')
    : relative(ROOT, path);
  return `${url.startsWith('node:') ? url : short}:${lineNumber + 1}`;
}
