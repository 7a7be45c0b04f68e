import { isInstalled } from './project.mjs';
import { ensureSystemPackage } from './system-package.mjs';

/** Sees to it that Prometheus is there, and promtool with it, by which the alert rules are tested. */
export function ensurePrometheus() {
  ensureSystemPackage({
    name: 'prometheus',
    isThere: () => isInstalled('prometheus') && isInstalled('promtool'),
    installers: [
      {
        manager: 'apt-get',
        command: 'apt-get update && apt-get install -y --no-install-recommends prometheus',
        needsRoot: true,
      },
      { manager: 'dnf', command: 'dnf install -y golang-github-prometheus', needsRoot: true },
      { manager: 'apk', command: 'apk add prometheus', needsRoot: true },
      { manager: 'brew', command: 'brew install prometheus', needsRoot: false },
    ],
  });
}
