import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const DEADLINE_MS = 60_000;

/** How a run of the demo ended, and what it left behind. */
export type DemoRun = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the Redis that it said it had started. */
  readonly redisPid: number;
  /** In its working folder, its home and its folder for temporary files. */
  readonly leftovers: readonly string[];
};

/** Builds what is stale, as `npm run demo` does. */
export function buildDemo(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

export type DemoOptions = {
  /** SIGINT is sent as soon as the output holds this. */
  readonly interruptAt?: string;
  /** Where it looks for a Redis server. */
  readonly searchPath?: string | undefined;
};

/** Runs the built demo with its output piped. */
export async function runDemo({
  interruptAt,
  searchPath = process.env.PATH,
}: DemoOptions = {}): Promise<DemoRun> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-demo-test-'));
  try {
    const [cwd, home, temp] = ['cwd', 'home', 'temp'].map((name) => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    });
    const env = { PATH: searchPath, HOME: home, TMPDIR: temp, CI: '1' };
    const child = spawn(process.execPath, [join(ROOT, 'dist/demo/main.js')], {
      cwd,
      env,
      timeout: DEADLINE_MS,
    });
    let [stdout, stderr] = ['', ''];
    let isInterrupted = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (isInterrupted || interruptAt === undefined || !stdout.includes(interruptAt)) return;
      isInterrupted = true;
      child.kill('SIGINT');
    });
    const exitCode = await new Promise<number | null>((done) => child.once('close', done));
    const leftovers = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.includes('/'),
    );
    return { exitCode, stdout, stderr, redisPid: Number(/process (\d+)/.exec(stdout)?.[1]), leftovers };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
