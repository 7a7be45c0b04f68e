import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, root } from './project.mjs';
import { ensureSystemPackage } from './system-package.mjs';

/** Sees to it that a browser is there in which the pages can be tested. */
export function ensureChromium() {
  ensureSystemPackage({
    name: 'chromium',
    isThere: hasChromium,
    installers: [
      {
        manager: 'apt-get',
        command: 'apt-get update && apt-get install -y --no-install-recommends chromium',
        needsRoot: true,
      },
      { manager: 'dnf', command: 'dnf install -y chromium', needsRoot: true },
      { manager: 'apk', command: 'apk add chromium', needsRoot: true },
      { manager: 'brew', command: 'brew install --cask chromium', needsRoot: false },
    ],
  });
}

/** The tests look in the same places: test/support/chromium.ts. */
function hasChromium() {
  const { commands, apps } = JSON.parse(readFileSync(join(root, 'scripts', 'chromium.json'), 'utf8'));
  return isInstalled(...commands) || apps.some((app) => existsSync(app));
}
