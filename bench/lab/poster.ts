import { z } from 'zod';
import { nextMessage, type Process, startProcess } from './process.js';
import { cpuMs } from './usage.js';

const postedSchema = z.object({ perSecond: z.number(), from: z.number(), to: z.number() });
export type Posted = z.output<typeof postedSchema>;

export type Posts = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly status: number;
};

/** Of one run, per POST where it says so. */
export type Serving = {
  readonly perSecond: number;
  readonly serverMicros: number;
  readonly redisMicros: number;
  /** What was measured, by `clockMs`. */
  readonly from: number;
  readonly to: number;
};

/** Posts to a server from a process of its own. */
export async function measureServing(
  posts: Posts,
  { server, redisPid }: { readonly server: Process; readonly redisPid: number },
): Promise<Serving> {
  const poster = startProcess('poster', { env: {} });
  try {
    const [serverMs, redisMs] = [cpuMs(server.pid), cpuMs(redisPid)];
    const posted = nextMessage(poster, (message) => postedSchema.parse(message));
    poster.tell(posts);
    const measured = await Promise.race([posted, server.died]);
    const micros = (ms: number) => (ms * 1000) / posts.bodies.length;
    return {
      ...measured,
      serverMicros: micros(cpuMs(server.pid) - serverMs),
      redisMicros: micros(cpuMs(redisPid) - redisMs),
    };
  } finally {
    await poster.close();
  }
}
