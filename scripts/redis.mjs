import { isInstalled } from './project.mjs';
import { ensureSystemPackage } from './system-package.mjs';

/** Sees to it that redis-server or valkey-server is on PATH. */
export function ensureRedis() {
  ensureSystemPackage({
    name: 'redis-server or valkey-server',
    isThere: () => isInstalled('redis-server', 'valkey-server'),
    installers: [
      { manager: 'apt-get', command: 'apt-get update && apt-get install -y redis-server', needsRoot: true },
      { manager: 'dnf', command: 'dnf install -y redis || dnf install -y valkey', needsRoot: true },
      { manager: 'apk', command: 'apk add redis', needsRoot: true },
      { manager: 'brew', command: 'brew install redis', needsRoot: false },
    ],
  });
}
