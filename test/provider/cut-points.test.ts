import type { Socket } from 'node:net';
import fc from 'fast-check';
import { ATTEMPT, clientOf, FILE } from './examples.js';
import { openRawProvider } from './raw-provider.js';
import { withUntilEnd } from './until-end.js';

const untilEnd = withUntilEnd();

type Cut = { readonly bytes: number; readonly padding: number; readonly how: 'reset' | 'destroy' | 'end' };

/** Requests from 400 bytes to 300 kB, the large ones in many reads; cuts from the accept to after the last byte. */
const CUT: fc.Arbitrary<Cut> = fc.integer({ min: 0, max: 300_000 }).chain((padding) =>
  fc.record({
    padding: fc.constant(padding),
    bytes: fc.integer({ min: 0, max: padding + 600 }),
    how: fc.constantFrom('reset' as const, 'destroy' as const, 'end' as const),
  }),
);

it('calls nothing "not sent" of which the server read a byte, wherever the socket is cut', async () => {
  await fc.assert(
    fc.asyncProperty(CUT, async (cut) => {
      const { outcome, bytesRead } = await sendAndCut(cut);
      expect(outcome.kind).toMatch(/^(not_sent|unknown)$/);
      if (bytesRead > 0) expect(outcome.kind).toBe('unknown');
    }),
    { numRuns: 200 },
  );
});

/** Ends the socket once it has brought so many bytes, or the whole request. */
async function sendAndCut({ bytes, padding, how }: Cut) {
  const cut = (socket: Socket): void => {
    if (how === 'reset') socket.resetAndDestroy();
    else if (how === 'destroy') socket.destroy();
    else socket.end();
  };
  const provider = untilEnd(
    await openRawProvider({
      onConnection: (socket) => bytes === 0 && cut(socket),
      onBytes: (socket, read) => read >= bytes && cut(socket),
      onRequest: cut,
    }),
  );
  const client = untilEnd(clientOf(provider.url));
  const outcome = await client.sendFile({ ...FILE, caption: 'c'.repeat(padding) }, ATTEMPT);
  const bytesRead = provider.bytesRead();
  await client.close();
  await provider.close();
  return { outcome, bytesRead };
}
