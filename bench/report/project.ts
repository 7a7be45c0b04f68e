import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The checkout that this belongs to, compiled or not. */
export const ROOT = rootAbove(__dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}

const packageSchema = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) });
const TOLD = ['bullmq', 'ioredis', 'undici', 'fastify', 'pino', 'prom-client'];

/** Ours, and those of the packages that matter here: `Waybill 0.1.0, bullmq 6.7.0, …`. */
export function versions(): string {
  const { version, dependencies } = packageSchema.parse(
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')),
  );
  return [`Waybill ${version}`, ...TOLD.map((name) => `${name} ${dependencies[name]}`)].join(', ');
}
