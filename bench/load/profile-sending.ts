import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfTimes } from '../profile/read-profile.js';
import { showProfile } from '../profile/show-profile.js';
import { type Load, measureSending } from './measure-sending.js';

/** One run in which V8 takes samples of the workers, which makes them slower; the profiles stay where it says. */
export async function profileSending(load: Load): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-profile-'));
  const nodeArgs = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  const part = await measureSending({ ...load, nodeArgs });
  process.stderr.write(`profiles, for the developer tools of a browser: ${folder}\n`);
  return showProfile(selfTimes(folder, part));
}
