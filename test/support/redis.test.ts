import { asUser } from './least-rights.js';
import { withRedis } from './redis.js';

describe('withRedis', () => {
  const redis = withRedis();
  const early = messageOf(() => redis.url);

  it('refuses to be used before the server is there', () => {
    expect(early).toBe('The test Redis is only there inside tests and hooks');
  });

  // The same test twice: the second would fail if the server were not emptied between.
  it.each(['first', 'second'])('gives the %s test an empty server', async (name) => {
    await expect(redis.client.dbsize()).resolves.toBe(0);
    await redis.client.set('key', name);
    await expect(redis.client.get('key')).resolves.toBe(name);
  });

  it('tells where the server is', () => {
    expect(redis.url).toBe(asUser(`redis://127.0.0.1:${redis.port}`));
    expect(redis.server.pid).toBeGreaterThan(0);
  });
});

function messageOf(use: () => unknown): string {
  try {
    return `no error, but ${use()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
