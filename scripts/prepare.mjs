import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { root, runScript, tell } from './project.mjs';

// npm runs this for a checkout: after `npm ci` in it, before it is packed, and where an app installs its folder or
// its git URL. Of a folder, npm makes a link and installs none of its packages.
runScript(() => {
  if (wantsNoTools()) return tell('not built: without devDependencies there is no compiler');
  ensureDependencies();
  ensureBuild();
});

/** `npm ci --omit=dev` in the checkout itself; an app that omits its own tools still needs a build of ours. */
function wantsNoTools() {
  const { npm_config_local_prefix: installing, npm_config_omit: omitted = '' } = process.env;
  const hasCompiler = existsSync(join(root, 'node_modules', '@typescript', 'native'));
  return !hasCompiler && installing === root && /\bdev\b/.test(omitted);
}
