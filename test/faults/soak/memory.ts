import { execFileSync } from 'node:child_process';
import type { Stage } from './strikes.js';

/** What a process holds in memory, and how long it has been up. */
export type Holding = {
  readonly name: string;
  readonly pid: number;
  readonly up: string;
  readonly mb: number;
};

/** Every process of the soak at this moment; the last one is the load itself, with sandbox and accounting. */
export function measureMemory({ fleet, redis, killed }: Stage): readonly Holding[] {
  const workers = fleet.workers.map(({ pid }, index) => ({ name: `worker ${index + 1}`, pid }));
  const others = [
    { name: 'webhooks', pid: fleet.webhooks().pid },
    { name: 'Redis', pid: redis.pid },
    { name: 'load and sandbox', pid: process.pid },
  ];
  const running = [...workers.filter(({ pid }) => !killed.has(pid)), ...others];
  return running.flatMap(({ name, pid }) => {
    const held = holdingOf(pid);
    return held === null ? [] : [{ name, pid, ...held }];
  });
}

/** Null: it has ended meanwhile. */
function holdingOf(pid: number): Pick<Holding, 'up' | 'mb'> | null {
  try {
    const line = execFileSync('ps', ['-o', 'rss=,etime=', '-p', String(pid)], { encoding: 'utf8' });
    const [kilobytes = '0', up = ''] = line.trim().split(/\s+/);
    return { up, mb: Math.round(Number(kilobytes) / 1024) };
  } catch {
    return null;
  }
}
