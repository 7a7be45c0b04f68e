import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { findRedisServer } from '../../dev/redis-binary.js';

/** What the figures were measured on. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const cores = `${availableParallelism()} cores (${model}), ${memory} GB`;
  return `${cores}, ${process.platform} ${release()}, Node ${process.versions.node}, Redis ${redisVersion()}`;
}

function redisVersion(): string {
  const text = execFileSync(findRedisServer(process.env.PATH ?? ''), ['--version'], { encoding: 'utf8' });
  return /v=(\S+)/.exec(text)?.[1] ?? 'unknown';
}
