import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range that the kernel gives to outgoing connections. A client that keeps dialling a port whose server is
// down can otherwise be handed that very port, connect to itself, and keep the server from coming back.
const LOWEST = 20_000;
const HIGHEST = 30_000;
const TRIES = 50;

/** A port of 127.0.0.1 that nothing listens on, safe to keep while its server is down for a while. */
export async function findPrivatePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port on 127.0.0.1 in ${TRIES} tries between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
