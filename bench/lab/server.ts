import { z } from 'zod';
import { nextMessage, type Process, type ProcessOptions, startProcess } from './process.js';

const listeningSchema = z.object({ port: z.number() });

/** A process that serves HTTP on 127.0.0.1. */
export type Server = { readonly process: Process; readonly origin: string };

/** Starts one of `processes/` that tells its port once it listens. */
export async function startServer(name: string, options: ProcessOptions): Promise<Server> {
  const server = startProcess(name, options);
  const { port } = await nextMessage(server, (message) => listeningSchema.parse(message));
  return { process: server, origin: `http://127.0.0.1:${port}` };
}
