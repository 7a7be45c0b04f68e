import { mkdtemp, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskCode } from './disk-code.js';
import { syncFolder } from './segment.js';

/** Each process has a folder of its own in the spool's, and says in this file that it lives. */
const ALIVE = 'alive';
/** So begins the name of a folder that nobody owns yet. */
const UNFINISHED = '.';

/** Says once more that the folder's owner lives; `beat` has to be another one each time. */
export async function sayAlive(folder: string, beat: number): Promise<void> {
  try {
    await writeWord(folder, beat);
  } catch (error) {
    if (diskCode(error) !== 'ENOENT') throw error;
    await makeFolder(folder, beat);
  }
}

/** It comes to be with its owner's word in it: one without counts as left, and others would take it away again. */
async function makeFolder(folder: string, beat: number): Promise<void> {
  const made = await mkdtemp(join(dirname(folder), UNFINISHED));
  await writeWord(made, beat);
  await rename(made, folder);
}

async function writeWord(folder: string, beat: number): Promise<void> {
  await writeFile(join(folder, ALIVE), `${beat}\n`, { mode: 0o600 });
}

/** What the owner last said; null once it has left. */
async function lastWord(folder: string): Promise<string | null> {
  return readFile(join(folder, ALIVE), 'utf8').catch(() => null);
}

/** The owner goes: what it leaves behind may be taken at once; nothing of it, and the folder goes too. */
export async function leaveFolder(folder: string): Promise<void> {
  await rm(join(folder, ALIVE), { force: true });
  // It stays where something is in it.
  await rmdir(folder).catch(() => undefined);
}

export type WatchOptions = {
  /** The spool's. */
  readonly root: string;
  /** The name of one's own folder in it. */
  readonly own: string;
  /** An owner who has said nothing for so long is dead. */
  readonly deadAfterMs: number;
  /** Milliseconds that no change of the clock disturbs. */
  readonly monotonic: () => number;
};

type Heard = { readonly word: string | null; readonly since: number };

/**
 * Watches the folders of other processes. Nobody's clock and no process id is asked, since neither means anything
 * in another container: an owner is dead when it has said nothing new while we watched.
 */
export function createWatch({ root, own, deadAfterMs, monotonic }: WatchOptions) {
  const heard = new Map<string, Heard>();

  async function isDead(name: string): Promise<boolean> {
    const word = await lastWord(join(root, name));
    const before = heard.get(name);
    const since = before?.word === word ? before.since : monotonic();
    heard.set(name, { word, since });
    return word === null || monotonic() - since >= deadAfterMs;
  }

  /** The folders that the dead have left behind. */
  return async function findLeft(): Promise<readonly string[]> {
    const entries = await readdir(root, { withFileTypes: true });
    const others = entries.filter(
      (entry) => entry.isDirectory() && entry.name !== own && !entry.name.startsWith(UNFINISHED),
    );
    const left: string[] = [];
    for (const { name } of others) if (await isDead(name)) left.push(name);
    return left;
  };
}

/**
 * Moves the files of one folder to another, each to whoever moves it first. Should its owner have slept and wake up,
 * it finds its file gone before it says that it kept anything more in it.
 */
export async function takeOver(from: string, to: string): Promise<readonly string[]> {
  const names = (await readdir(from).catch(() => [])).filter((name) => name !== ALIVE);
  const taken: string[] = [];
  for (const name of names) {
    const moved = await rename(join(from, name), join(to, name)).then(
      () => true,
      () => false,
    );
    if (moved) taken.push(name);
  }
  if (taken.length > 0) await syncFolder(to);
  await leaveFolder(from);
  return taken;
}
