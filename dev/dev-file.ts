import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Env } from '../src/app/boot.js';
import { WaybillError } from '../src/errors.js';

export const DEV_FILE = '.waybill-dev.json';

/** What stays the same from one `waybill dev` of a folder to the next, where it was made up. */
const keptSchema = z.object({
  /** Of the HTTP API. */
  apiKey: z.string().exactOptional(),
  webhookToken: z.string().exactOptional(),
  /** Of the account at the sandbox. */
  providerKey: z.string().exactOptional(),
  redisPort: z.int().min(1).max(65_535).exactOptional(),
});
export type Kept = z.output<typeof keptSchema>;

/** What `waybill dev` leaves in its folder for the other commands: settings, secrets among them. */
const devFileSchema = keptSchema.extend({
  pid: z.int().positive(),
  env: z.record(z.string(), z.string()).default({}),
});

/** A folder that one `waybill dev` runs in. */
export type DevFolder = {
  /** Of the last `waybill dev` here. */
  readonly kept: Kept;
  /** Lets the other commands of the folder use these settings, and people the API's key. */
  publish(env: Readonly<Record<string, string>>, kept: Kept): void;
  /** Leaves what is kept for the next one. Idempotent. */
  release(): void;
};

/**
 * Takes the folder; it is released when the process ends, however it does unless by SIGKILL. `fresh`: what the last
 * one has left is not used.
 * @throws WaybillError DEV_RUNS_ALREADY
 */
export function claimDevFolder(folder: string, fresh: boolean): DevFolder {
  const path = join(folder, DEV_FILE);
  const other = readDevFile(folder);
  if (other !== null) {
    throw new WaybillError(
      'DEV_RUNS_ALREADY',
      `waybill dev runs in this folder already (process ${other.pid}): end it first, or use another folder`,
    );
  }
  const known = keptSchema.safeParse(readJson(path));
  const kept = known.success && !fresh ? known.data : {};
  let left = kept;
  // A file that is there nevertheless was left behind by one that is gone.
  rmSync(path, { force: true });
  write(path, { pid: process.pid, env: {}, ...kept });
  const release = (): void => {
    if (Object.keys(left).length > 0) replace(path, left);
    else rmSync(path, { force: true });
  };
  process.once('exit', release);
  return {
    kept,
    publish(env, made) {
      left = { ...kept, ...made };
      replace(path, { pid: process.pid, env, ...left });
    },
    release() {
      process.off('exit', release);
      release();
    },
  };
}

/** Renamed into place, so that nobody reads half of it. */
function replace(path: string, content: object): void {
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  write(fresh, content);
  renameSync(fresh, path);
}

function write(file: string, content: object): void {
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

export type DevFile = z.output<typeof devFileSchema>;

/** The file of the `waybill dev` that runs in a folder; null when none does. */
export function readDevFile(folder: string): DevFile | null {
  const parsed = devFileSchema.safeParse(readJson(join(folder, DEV_FILE)));
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data : null;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Our own number cannot be another's: in a container, every run has the same. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const REDIS_NAMES = /^REDIS_(URL|SENTINELS|CLUSTER)(_FILE)?$/;
const ACCOUNT_NAMES = /^WAYBILL_(ACCOUNTS|FROM|PROVIDER_API_KEY)(_FILE)?$/;

/** Whether the environment says where Redis is, or which accounts there are. */
export function namesRedis(env: Env): boolean {
  return names(env, REDIS_NAMES);
}

export function namesAccounts(env: Env): boolean {
  return names(env, ACCOUNT_NAMES);
}

function names(env: Env, pattern: RegExp): boolean {
  return Object.entries(env).some(([name, value]) => pattern.test(name) && value?.trim());
}

/** The environment, and what a folder's `waybill dev` adds to it. An environment that names a Redis is left alone. */
export function withDevFile(env: Env, dev: DevFile | null): { readonly env: Env; readonly used: boolean } {
  if (dev === null || namesRedis(env) || Object.keys(dev.env).length === 0) return { env, used: false };
  const added = Object.entries(dev.env).filter(
    ([name]) => !(namesAccounts(env) && ACCOUNT_NAMES.test(name)) && !isGiven(env, name),
  );
  return { env: { ...env, ...Object.fromEntries(added) }, used: added.length > 0 };
}

function isGiven(env: Env, name: string): boolean {
  return Boolean(env[name]?.trim()) || Boolean(env[`${name}_FILE`]?.trim());
}
