import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { type Followed, followProcess } from './follow-process.js';

const HOOK = join(__dirname, 'typescript.cjs');
const SCRIPT = join(__dirname, 'child-process.ts');

export type Role = 'worker' | 'webhooks' | 'producer';

/** A process of our own to kill, which does not outlive this one. */
export type Child = Followed & {
  readonly role: Role;
  /** Where a webhook consumer listens; 0 of the others. */
  readonly port: number;
  /** Where it serves its metrics; 0 of a producer. */
  readonly metricsPort: number;
  tell(message: object): void;
};

/** A process that has loaded all it needs, and does nothing yet. */
type Spare = Followed & {
  /** Resolves when it is up. */
  start(): Promise<Child>;
};

const readySchema = z.object({ port: z.number().default(0), metricsPort: z.number().default(0) });

/** Runs `child-process.ts` in a role; resolves when it is up. */
export async function startChild(role: Role, env: Readonly<Record<string, string>>): Promise<Child> {
  const spare = await loadChild(role, env);
  return spare.start();
}

/** The same up to the point where it would begin: resolves when it has loaded. */
export async function loadChild(role: Role, env: Readonly<Record<string, string>>): Promise<Spare> {
  const child = spawn(process.execPath, ['-r', HOOK, SCRIPT, role], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const followed = followProcess(child);
  const answered = async (): Promise<z.infer<typeof readySchema>> => {
    const answer = await Promise.race([nextMessage(child), followed.exited.then(() => null)]);
    if (answer === null) throw new Error(`The ${role} process ended before it was up:\n${followed.output()}`);
    return answer;
  };
  await answered();
  return {
    ...followed,
    async start() {
      const ready = answered();
      child.send({});
      return { ...followed, ...(await ready), role, tell: (message) => void child.send(message) };
    },
  };
}

function nextMessage(child: ChildProcess): Promise<z.infer<typeof readySchema>> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(readySchema.parse(message)));
  });
}
