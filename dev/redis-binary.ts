import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const SERVER_NAMES = ['redis-server', 'valkey-server'] as const;

/** No redis-server or valkey-server is on PATH. */
export class RedisServerMissingError extends Error {
  readonly code = 'REDIS_SERVER_MISSING';

  constructor() {
    super(
      `Neither ${SERVER_NAMES.join(' nor ')} is on PATH: run "npm run setup", which installs one or says how.`,
    );
    this.name = 'RedisServerMissingError';
  }
}

/**
 * The path of the first server binary found in `searchPath` (as in the PATH variable).
 *
 * @throws RedisServerMissingError when there is none.
 */
export function findRedisServer(searchPath: string): string {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const candidates = SERVER_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = candidates.find(isExecutable);
  if (found === undefined) throw new RedisServerMissingError();
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
