import { readFileSync, statSync } from 'node:fs';
import type { ConfigFault } from '../errors.js';
import { whyUnreadable } from './env.js';
import { bad, type Parsed, type Problem } from './kinds.js';
import type { SecretSource } from './sources.js';

/** A secret's file that could not be read or used; the last good value is still in use. */
export type SecretFailure = { readonly setting: string; readonly problem: string };

export type ReloadDeps = {
  /** Epoch milliseconds, or any clock that only goes forward. */
  readonly now: () => number;
  /** Told once per new problem, not once per look. */
  readonly onFailure: (failure: SecretFailure) => void;
  /** A file that had a problem is good again, and in use. */
  readonly onMended?: (setting: string) => void;
};

export type Reloaded<T> =
  | { readonly ok: true; readonly read: () => T }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** A file is looked at when its secret is asked for, this often at most. */
const LOOK_INTERVAL_MS = 1000;

/** A secret whose file may be replaced: read now, and again whenever the file has changed. */
export function createReloaded<T>(source: SecretSource<T>, deps: ReloadDeps): Reloaded<T> {
  const { origin } = source;
  const stamp = origin.kind === 'file' ? stampOf(origin.path) : null;
  const first = readSource(source);
  if (!first.ok) return { ok: false, faults: faultsOf(source, first) };
  if (origin.kind === 'text') return { ok: true, read: () => first.value };
  return { ok: true, read: follow({ source, path: origin.path, value: first.value, stamp }, deps) };
}

type Followed<T> = {
  readonly source: SecretSource<T>;
  readonly path: string;
  readonly value: T;
  readonly stamp: string | null;
};

function follow<T>(start: Followed<T>, { now, onFailure, onMended }: ReloadDeps): () => T {
  let { value, stamp } = start;
  let lookedAt = now();
  let told: string | null = null;
  const reload = (): void => {
    const found = stampOf(start.path);
    if (found !== null && found === stamp) return;
    const result = readSource(start.source);
    if (result.ok) {
      value = result.value;
      stamp = found;
      if (told !== null) onMended?.(start.source.setting);
      told = null;
      return;
    }
    const problem = result.problems.map(inWords).join('; ');
    if (problem !== told) onFailure({ setting: start.source.setting, problem });
    told = problem;
  };
  return () => {
    if (now() - lookedAt >= LOOK_INTERVAL_MS) {
      lookedAt = now();
      reload();
    }
    return value;
  };
}

/** Tells a file from its successor, also when a link was switched to one of the same age; null when it is away. */
function stampOf(path: string): string | null {
  try {
    const { ino, mtimeNs, size } = statSync(path, { bigint: true });
    return `${ino}:${mtimeNs}:${size}`;
  } catch {
    return null;
  }
}

function readSource<T>({ origin, parse }: SecretSource<T>): Parsed<T> {
  if (origin.kind === 'text') return parse(origin.text);
  try {
    return parse(readFileSync(origin.path, 'utf8').trim());
  } catch (error) {
    return bad(whyUnreadable(error), 'the path of a readable file');
  }
}

function inWords({ problem, expected }: Problem): string {
  return expected === undefined ? problem : `${problem}, expected ${expected}`;
}

function faultsOf(source: SecretSource<unknown>, parsed: Parsed<unknown>): ConfigFault[] {
  if (parsed.ok) return [];
  return parsed.problems.map(({ problem, expected }) => ({
    name: source.setting,
    problem,
    expected: expected ?? 'what it was at first',
  }));
}
