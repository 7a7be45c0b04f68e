import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../sandbox/dice.js';
import { createDice } from '../../sandbox/dice.js';
import { FROM, TOKEN } from '../support/stack.js';
import { type Endpoint, loadBefore, quantile, withEndpoint } from './endpoint.js';
import { type Row, scaled } from './lab.js';
import { createPoster, type Posted } from './poster.js';

const CUT_WITHIN_MS = 12_000;
/** Whoever is not cut by then never is. */
const WAITED_MS = 30_000;
const DRIP_MS = 1000;
/** The slow ones come within this time; all of them in one moment would be a rush, not slowness. */
const ONSET_MS = 2000;

export const SLOW_CLIENTS: Row = {
  name: 'slow clients hold connections, and others call meanwhile',
  promise:
    'the others’ p99 is below 200 ms and each of them is answered 200; a slow client is cut within 12 s, whether it is silent, drips headers, or drips a body with or without a valid token',
  run: (asked) =>
    withEndpoint(async (endpoint) => {
      const load = loadBefore();
      const [slow, normal] = [scaled(1000, asked, 20), scaled(100, asked, 4)];
      const dice = createDice(asked.seed);
      const cuts = Array.from({ length: slow }, async (_, index) => {
        await sleep(dice.between({ min: 0, max: ONSET_MS }));
        return beSlow(endpoint, HEADS[index % HEADS.length] ?? '');
      });
      const allCut = new AbortController();
      const calls = Array.from({ length: normal }, () => callOnAndOn(endpoint, dice.fork(), allCut.signal));
      const cutMs = await Promise.all(cuts);
      allCut.abort();
      const posted = (await Promise.all(calls)).flat();
      const p99 = quantile(
        posted.map(({ ms }) => ms),
        0.99,
      );
      const refused = posted.filter(({ status }) => status !== 200).length;
      const slowestCut = Math.max(...cutMs);
      const figures = {
        ...load,
        slow,
        normal,
        calls: posted.length,
        refused,
        p50: `${quantile(
          posted.map(({ ms }) => ms),
          0.5,
        )} ms`,
        p99: `${p99} ms`,
        cutAfterAtMost: `${Math.round(slowestCut / 100) / 10} s`,
      };
      const broken = [
        ...(refused > 0 ? [`${refused} of the others were not answered 200`] : []),
        ...(cutMs.includes(Number.POSITIVE_INFINITY) ? ['a slow client was never cut'] : []),
        // How long it takes is a matter of the machine that a short form shares.
        ...(asked.scale === 1 && p99 >= 200 ? ['the others had to wait'] : []),
        ...(asked.scale === 1 && slowestCut > CUT_WITHIN_MS ? ['a slow client was cut too late'] : []),
      ];
      return { figures, broken };
    }),
};

const post = (token: string) =>
  `POST /webhooks/${token} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
/** How a slow client begins, before it goes on a byte at a time. */
const HEADS = [
  '',
  post(TOKEN),
  `${post(TOKEN)}content-length: 1000\r\n\r\n{`,
  `${post(TOKEN)}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`,
  `${post('wrong-token-0123456789')}content-length: 1000\r\n\r\n{`,
];

/** Resolves with the milliseconds after which it was cut; infinity when it was left alone. */
async function beSlow({ port }: Endpoint, head: string): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  const closed = once(socket, 'close');
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), closed]);
  const begun = performance.now();
  if (head !== '') socket.write(head);
  const dripping = head === '' ? null : setInterval(() => drip(socket, head), DRIP_MS);
  const late = new AbortController();
  const cut = await Promise.race([
    closed.then(() => performance.now() - begun),
    sleep(WAITED_MS, Number.POSITIVE_INFINITY, { signal: late.signal }),
  ]);
  late.abort();
  clearInterval(dripping ?? undefined);
  socket.destroy();
  return cut;
}

function drip(socket: Socket, head: string): void {
  if (!socket.writable) return;
  if (head.includes('chunked')) socket.write('1\r\n \r\n');
  else socket.write(head.endsWith('{') ? ' ' : 'x-drip: drop\r\n');
}

/** One call after the other, on a connection of its own, until it is told that this is enough. */
async function callOnAndOn({ port }: Endpoint, dice: Dice, enough: AbortSignal): Promise<readonly Posted[]> {
  const poster = createPoster(port);
  const posted: Posted[] = [];
  while (!enough.aborted) {
    posted.push(await poster.post(message(dice)));
    await sleep(dice.between({ min: 50, max: 250 }));
  }
  poster.close();
  return posted;
}

function message(dice: Dice): Buffer {
  const unique = `${dice.between({ min: 0, max: 2 ** 32 })}-${dice.between({ min: 0, max: 2 ** 32 })}`;
  const from = String(972_500_000_000 + dice.between({ min: 0, max: 99_999 }));
  const timestamp = String(Math.floor(Date.now() / 1000));
  return Buffer.from(
    JSON.stringify({ status: 'OK', hook: 'new', unique, from, to: FROM, type: 'text', timestamp }),
  );
}
