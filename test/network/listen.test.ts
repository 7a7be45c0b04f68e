import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { ListenError } from '../../src/errors.js';
import { type ListenAt, type Listener, listenAt } from '../../src/network/listen.js';

let close = async (): Promise<void> => undefined;
afterEach(() => close());

/** A real server; `refuse` is what the system says of `::`. */
function listener(refuse?: string): Listener {
  const server = createServer((_request, response) => response.end('here'));
  close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const listen = ({ host, port }: ListenAt) =>
    new Promise<void>((resolve, reject) => {
      if (refuse !== undefined && host === '::')
        return reject(Object.assign(new Error(refuse), { code: refuse }));
      server.once('error', reject);
      server.listen({ host, port }, resolve);
    });
  return { server, listen, close };
}

const text = async (host: string, port: number) => (await fetch(`http://${host}:${port}/`)).text();
const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ family }) => family === 'IPv6'),
);

it('takes IPv4 and IPv6 where every interface is listened on', async () => {
  const { port } = await listenAt(listener(), { host: '::', port: 0 }, 'WAYBILL_LISTEN_API');
  await expect(text('127.0.0.1', port)).resolves.toBe('here');
  if (hasIpv6) await expect(text('[::1]', port)).resolves.toBe('here');
});

it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'])(
  'takes IPv4 on a host that answers %s for IPv6',
  async (code) => {
    const bound = await listenAt(listener(code), { host: '::', port: 0 }, 'WAYBILL_LISTEN_API');
    expect(bound).toEqual({ address: `0.0.0.0:${bound.port}`, host: '0.0.0.0', port: bound.port });
    await expect(text('127.0.0.1', bound.port)).resolves.toBe('here');
  },
);

it('does not go elsewhere when the port is taken, and names the setting and the address', async () => {
  const attempt = listenAt(listener('EADDRINUSE'), { host: '::', port: 8080 }, 'WAYBILL_LISTEN_API');
  await expect(attempt).rejects.toThrow(ListenError);
  await expect(attempt).rejects.toMatchObject({ setting: 'WAYBILL_LISTEN_API', address: '[::]:8080' });
});

it('does not take another address for one that is named', async () => {
  const attempt = listenAt(listener(), { host: '2001:db8::1', port: 0 }, 'WAYBILL_LISTEN_METRICS');
  await expect(attempt).rejects.toMatchObject({ address: '[2001:db8::1]:0' });
});
