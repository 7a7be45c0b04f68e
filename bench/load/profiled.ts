import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Part, selfTimes } from '../profile/read-profile.js';
import { showProfile } from '../profile/show-profile.js';
import type { Result } from '../report/result.js';

/** A quick run is over within some hundred milliseconds. */
const INTERVAL_US = 200;

/** One run in which V8 takes samples of the measured, which makes them slower; the profiles stay where it says. */
export async function profiled(run: (nodeArgs: readonly string[]) => Promise<Part>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-profile-'));
  const part = await run(['--cpu-prof', `--cpu-prof-interval=${INTERVAL_US}`, `--cpu-prof-dir=${folder}`]);
  process.stderr.write(`profiles, for the developer tools of a browser: ${folder}\n`);
  return showProfile(selfTimes(folder, part));
}

/** Where a target is not met, what takes the time belongs beside it. */
export async function explained(result: Result, profile: () => Promise<string>): Promise<Result> {
  return result.targets.every(({ isMet }) => isMet) ? result : { ...result, profile: await profile() };
}
