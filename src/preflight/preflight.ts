import { FINE_MS, type Finding, finding } from '../domain/preflight.js';
import { SECOND } from '../domain/time.js';
import { type FileToInspect, type InspectDeps, inspect } from './inspect.js';

/** Enough for the deliveries of one moment, few enough that what was mended is seen soon. */
const OTHERS_MS = 10 * SECOND;
const MOST_REMEMBERED = 1000;

export type Preflight = (file: FileToInspect) => Promise<Finding>;

type Remembered = { readonly finding: Promise<Finding>; until: number };

/** Looks at links; one that many deliveries share is looked at once for all of them. */
export function createPreflight(deps: InspectDeps): Preflight {
  const remembered = new Map<string, Remembered>();
  return (file) => {
    const key = `${file.mediaType} ${file.fileUrl}`;
    const known = remembered.get(key);
    if (known !== undefined && deps.now() < known.until) return known.finding;
    const entry: Remembered = {
      finding: inspect(file, deps).catch(() => finding('unclear', 'broken')),
      until: Number.POSITIVE_INFINITY,
    };
    remembered.delete(key);
    remembered.set(key, entry);
    forgetOldest(remembered);
    return entry.finding.then((found) => {
      entry.until = deps.now() + (found.kind === 'fine' ? FINE_MS : OTHERS_MS);
      return found;
    });
  };
}

function forgetOldest(remembered: Map<string, Remembered>): void {
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}
