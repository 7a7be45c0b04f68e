import Redis from 'ioredis';
import { type PrivateRedis, type PrivateRedisOptions, startPrivateRedis } from '../../dev/private-redis.js';
import { asUser, withUser } from './least-rights.js';
import { refuseCrossSlot } from './one-slot.js';

/** The Redis of one test file. Its members may be used inside tests and hooks, once the server is up. */
export interface TestRedis {
  /** For what is under test. */
  readonly url: string;
  readonly port: number;
  readonly server: PrivateRedis;
  /** A connection for arranging and looking; the one that empties the server before each test. */
  readonly client: Redis;
}

/**
 * Gives the surrounding `describe` (or file) a private Redis: started before its tests, emptied before each, stopped
 * after them. A script whose keys no cluster would have in one slot is refused. A test that kills or freezes the server has to bring it back itself.
 */
export function withRedis(options: PrivateRedisOptions = {}): TestRedis {
  let allowCrossSlot = (): void => undefined;
  let running: { readonly server: PrivateRedis; readonly client: Redis } | undefined;
  const present = () => {
    if (running === undefined) throw new Error('The test Redis is only there inside tests and hooks');
    return running;
  };

  beforeAll(async () => {
    allowCrossSlot = refuseCrossSlot();
    const server = await startPrivateRedis(withUser(options));
    const client = new Redis(server.url);
    // Tests that take the server away would otherwise print every failed reconnection.
    client.on('error', () => undefined);
    running = { server, client };
  });
  beforeEach(async () => {
    await present().client.flushall();
  });
  afterAll(async () => {
    running?.client.disconnect();
    await running?.server.stop();
    allowCrossSlot();
  });

  return {
    get url() {
      return asUser(present().server.url);
    },
    get port() {
      return present().server.port;
    },
    get server() {
      return present().server;
    },
    get client() {
      return present().client;
    },
  };
}
