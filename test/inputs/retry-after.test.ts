import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { classify } from '../../src/provider/classify.js';
import { createSender } from '../../src/push/sender.js';
import { type Receiver, startReceiver } from '../push/receiver.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

/** RFC 9110, 10.2.3: a number of seconds or an HTTP date, of which there are three forms. The rest is what proxies make of it. */
const HEADERS: readonly (readonly [what: string, header: string, ms: number])[] = [
  ['seconds', '120', 2 * MINUTE],
  ['seconds with blanks around', ' 7 ', 7 * SECOND],
  ['a fraction, as some rate limiters send', '1.5', 1500],
  ['a fraction below the shortest wait', '0.2', SECOND],
  ['no time at all', '0', SECOND],
  ['a negative number: the limit has just been reset', '-30', SECOND],
  ['a number with a sign', '+30', 30 * SECOND],
  ['the time itself in seconds, as X-RateLimit-Reset has it', '1772366460', HOUR],
  ['more seconds than a number holds', '9'.repeat(400), HOUR],
  ['two values that a proxy has joined', '30, 60', 30 * SECOND],
  ['a date as RFC 9110 writes it', 'Sun, 01 Mar 2026 12:00:30 GMT', 30 * SECOND],
  ['a date in small letters', 'sun, 01 mar 2026 12:00:30 gmt', 30 * SECOND],
  ['a date with an offset', 'Sun, 01 Mar 2026 14:00:30 +0200', 30 * SECOND],
  ['a date as RFC 850 writes it', 'Sunday, 01-Mar-26 12:00:30 GMT', 30 * SECOND],
  ['a date as asctime writes it: GMT without a word', 'Sun Mar  1 12:00:30 2026', 30 * SECOND],
  ['a date as JSON has it', '2026-03-01T12:00:30Z', 30 * SECOND],
  ['a date that is over', 'Sun, 01 Mar 2026 11:00:00 GMT', SECOND],
  ['a date far away', 'Fri, 31 Dec 9999 23:59:59 GMT', HOUR],
  ['a day that does not exist', 'Sun, 99 Mar 2026 12:00:30 GMT', SECOND],
  ['words', 'in a while', SECOND],
  ['words that JavaScript takes for a date in 2031', 'later 2031', SECOND],
  ['a number with a unit', '30s', SECOND],
  ['hexadecimal', '0x1000', SECOND],
  ['an exponent', '1e3', SECOND],
];

describe('from the provider', () => {
  it.each(HEADERS)('%s: %j', (_, retryAfter, retryAfterMs) => {
    const answer = { kind: 'answered', status: 429, retryAfter, body: Buffer.from('slow down') } as const;
    expect(classify(answer, { now: NOW, secrets: [] })).toMatchObject({ kind: 'throttled', retryAfterMs });
  });
});

describe('from an event endpoint', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  async function push(headers: Record<string, string>) {
    receiver.answerWith(() => ({ status: 503, headers }));
    const endpoint = { name: 'app', url: receiver.url, types: [], allowPrivate: true };
    const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    const sender = createSender({ endpoint, secrets: () => [secret], now: () => NOW });
    try {
      return await sender.send({
        id: '972771234567-1763815000000-0',
        type: 'account.paused',
        timestamp: '2025-11-22T12:36:40.000Z',
        data: { from: '972771234567', account: 'shop', reason: '3', by: 'operator', who: null, source: null },
      });
    } finally {
      await sender.close();
    }
  }

  it.each(HEADERS)('%s: %j', async (_, header, restMs) => {
    expect(await push({ 'retry-after': header })).toEqual({ kind: 'failed', reason: 'http_503', restMs });
  });

  it.each([[{}], [{ 'retry-after': '' }]])('no wish: %j', async (headers) => {
    expect(await push(headers)).toEqual({ kind: 'failed', reason: 'http_503', restMs: 0 });
  });
});
