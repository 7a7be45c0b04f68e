import { ensureBuild } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { isMain, runScript } from './project.mjs';
import { ensureRedis } from './redis.mjs';

/** Makes a checkout ready to run: packages, a Redis server, a fresh build. Does nothing that is done already. */
export function setUp() {
  ensureDependencies();
  ensureRedis();
  ensureBuild();
}

if (isMain(import.meta.url)) runScript(setUp);
