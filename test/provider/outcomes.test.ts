import type { Socket } from 'node:net';
import type { ReasonOverrides } from '../../src/domain/account.js';
import { ATTEMPT, clientOf, FILE, OK } from './examples.js';
import { http, openRawProvider } from './raw-provider.js';
import { withUntilEnd } from './until-end.js';

const untilEnd = withUntilEnd();

type Row = {
  readonly name: string;
  /** The answer's bytes, or what the server does instead. */
  readonly answer: Buffer | string | ((socket: Socket) => void);
  readonly outcome: object;
  readonly overrides?: ReasonOverrides;
  /** For answers that never end. */
  readonly timeoutMs?: number;
};

const HTML = '<html><body><h1>Service Temporarily Unavailable</h1></body></html>';
const html = (status: number, headers = {}) =>
  http(status, HTML, { 'content-type': 'text/html', ...headers });
const fail = (reason: unknown, status = 200, headers = {}) =>
  http(status, JSON.stringify({ status: 'FAIL', reason }), headers);
const unknown = (reason: string) => ({ kind: 'unknown', reason });
const rejected = (reason: string, mapped: boolean) => ({ kind: 'rejected', reason, mapped });
const throttled = (reason: string, retryAfterMs: number | null) => ({
  kind: 'throttled',
  reason,
  retryAfterMs,
});
const accountError = (reason: string) => ({ kind: 'account_error', reason });
const accepted = (acceptance: object) => ({ kind: 'accepted', reason: 'ok', acceptance });
const ACCEPTED = accepted({ unique: '92E0', timestamp: 1_772_366_400_000, windowLeftMs: 24_000_000 });
const BARE = { unique: null, timestamp: null, windowLeftMs: null };

const ACCEPTANCES: readonly Row[] = [
  { name: 'OK', answer: http(200, OK), outcome: ACCEPTED },
  { name: 'OK with 201', answer: http(201, OK), outcome: ACCEPTED },
  {
    name: 'OK after an interim answer',
    answer: Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'), http(200, OK)]),
    outcome: ACCEPTED,
  },
  { name: 'OK without anything else', answer: http(200, '{"status":"OK"}'), outcome: accepted(BARE) },
  {
    name: 'OK in lower case, padded, after a byte order mark',
    answer: http(200, '\uFEFF {"status":" ok "}\r\n'),
    outcome: accepted(BARE),
  },
  {
    name: 'OK as text/html in another charset',
    answer: http(200, Buffer.from('{"status":"OK","caption":"\xe9"}', 'latin1'), {
      'content-type': 'text/html; charset=windows-1255',
    }),
    outcome: accepted(BARE),
  },
  {
    name: 'OK until the socket ends',
    answer: (socket) => socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${OK}`),
    outcome: ACCEPTED,
  },
  { name: 'OK in chunks of one byte', answer: (socket) => dribble(socket, chunked(OK)), outcome: ACCEPTED },
  {
    name: 'OK with a numeric id, a time in text and in ms',
    answer: http(200, '{"status":"OK","unique":77,"timestamp":"1772366400123","templateTimeLeft":400.5}'),
    outcome: accepted({ unique: '77', timestamp: 1_772_366_400_123, windowLeftMs: 24_030_000 }),
  },
];

const REASONS: readonly Row[] = [
  { name: 'FAIL 1, which means success', answer: fail(1), outcome: unknown('1') },
  { name: 'FAIL 2', answer: fail(2), outcome: accountError('2') },
  { name: 'FAIL 3', answer: fail('3'), outcome: accountError('3') },
  { name: 'FAIL 4', answer: fail(' 4 '), outcome: rejected('4', true) },
  { name: 'FAIL 5', answer: fail(5), outcome: rejected('5', true) },
  { name: 'FAIL 6', answer: fail(6), outcome: throttled('6', null) },
  {
    name: 'FAIL 6 with Retry-After',
    answer: fail('06', 200, { 'retry-after': '30' }),
    outcome: throttled('6', 30_000),
  },
  {
    name: 'FAIL 7',
    answer: http(200, '{"status":"FAIL","reason":7,"templateTimeLeft":"0"}'),
    outcome: { kind: 'window_closed', reason: '7', windowLeftMs: 0 },
  },
  { name: 'FAIL 8', answer: fail(8), outcome: { kind: 'window_closed', reason: '8', windowLeftMs: null } },
  { name: 'FAIL with an unlisted reason', answer: fail(9), outcome: rejected('9', false) },
  {
    name: 'FAIL with an unlisted reason that the account lists',
    answer: fail(9),
    overrides: { 9: 'window_closed' },
    outcome: { kind: 'window_closed', reason: '9' },
  },
  {
    name: 'FAIL with a listed reason that the account overrides',
    answer: fail(6),
    overrides: { 6: 'rejected' },
    outcome: rejected('6', true),
  },
  { name: 'FAIL without a reason', answer: fail(undefined), outcome: rejected('no_reason', false) },
  {
    name: 'FAIL with a reason that is no number',
    answer: fail('constructor'),
    outcome: rejected('no_reason', false),
  },
  { name: 'FAIL 4 in a 500', answer: fail(4, 500), outcome: rejected('4', true) },
  { name: 'FAIL 7 in a 400', answer: fail(7, 400), outcome: { kind: 'window_closed', reason: '7' } },
  { name: 'FAIL 6 in a 503', answer: fail(6, 503), outcome: throttled('6', null) },
  { name: 'FAIL without a reason in a 500', answer: fail(null, 500), outcome: unknown('http_500') },
  { name: 'FAIL without a reason in a 401', answer: fail('', 401), outcome: accountError('http_401') },
];

const STATUSES: readonly Row[] = [
  {
    name: '301',
    answer: html(301, { location: 'https://elsewhere.example/' }),
    outcome: accountError('http_301'),
  },
  { name: '401', answer: html(401), outcome: accountError('http_401') },
  { name: '403', answer: html(403), outcome: accountError('http_403') },
  { name: '404', answer: html(404), outcome: accountError('http_404') },
  { name: '405', answer: html(405), outcome: accountError('http_405') },
  { name: '400', answer: html(400), outcome: rejected('http_400', false) },
  {
    name: '413 that the account overrides',
    answer: html(413),
    overrides: { http_413: 'account_error' },
    outcome: accountError('http_413'),
  },
  { name: '408', answer: html(408), outcome: unknown('http_408') },
  { name: '429', answer: html(429), outcome: throttled('http_429', null) },
  {
    name: '429 with seconds',
    answer: html(429, { 'retry-after': '7' }),
    outcome: throttled('http_429', 7000),
  },
  {
    name: '429 with a date',
    answer: html(429, { 'retry-after': 'Sun, 01 Mar 2026 12:02:00 GMT' }),
    outcome: throttled('http_429', 120_000),
  },
  {
    name: '429 with ten years',
    answer: html(429, { 'retry-after': '315360000' }),
    outcome: throttled('http_429', 3_600_000),
  },
  { name: '500', answer: html(500), outcome: unknown('http_500') },
  { name: '502', answer: html(502), outcome: unknown('http_502') },
  { name: '503 with Retry-After', answer: html(503, { 'retry-after': '7' }), outcome: unknown('http_503') },
  { name: 'OK in a 500', answer: http(500, OK), outcome: unknown('http_500') },
  { name: 'OK in a 400', answer: http(400, OK), outcome: unknown('http_400') },
  { name: '204', answer: 'HTTP/1.1 204 No Content\r\n\r\n', outcome: unknown('empty') },
  { name: '200 without a body', answer: http(200), outcome: unknown('empty') },
  { name: '200 with a page', answer: html(200), outcome: unknown('not_json') },
  { name: '200 with truncated JSON', answer: http(200, OK.slice(0, -1)), outcome: unknown('not_json') },
  {
    name: 'neither OK nor FAIL',
    answer: http(200, '{"status":"QUEUED","unique":"92E0"}'),
    outcome: unknown('no_status'),
  },
  { name: 'an array', answer: http(200, `[${OK}]`), outcome: unknown('no_status') },
];

const BREAKS: readonly Row[] = [
  {
    name: 'a reset instead of an answer',
    answer: (socket) => socket.resetAndDestroy(),
    outcome: unknown('reset'),
  },
  { name: 'an end instead of an answer', answer: (socket) => socket.end(), outcome: unknown('reset') },
  {
    name: 'a reset in the middle of the body',
    answer: (socket) => socket.write(http(200, OK).subarray(0, -9), () => socket.resetAndDestroy()),
    outcome: unknown('reset'),
  },
  {
    name: 'an end in the middle of the body',
    answer: (socket) => socket.end(http(200, OK).subarray(0, -9)),
    outcome: unknown('reset'),
  },
  {
    name: 'a reset in the middle of a body without a length',
    answer: (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"status":"OK"', () =>
        socket.resetAndDestroy(),
      ),
    outcome: { kind: 'unknown' },
  },
  { name: 'no answer', answer: () => {}, timeoutMs: 150, outcome: unknown('timeout') },
  {
    name: 'headers that never end',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-'),
    timeoutMs: 150,
    outcome: unknown('timeout'),
  },
  {
    name: 'a body that never ends',
    answer: (socket) => socket.write(http(200, OK).subarray(0, -9)),
    timeoutMs: 150,
    outcome: unknown('timeout'),
  },
  {
    name: 'a body of 10 MB',
    answer: (socket) => socket.write(http(200, `${OK}${' '.repeat(10 * 1024 * 1024)}`)),
    outcome: unknown('too_large'),
  },
  {
    name: 'a body of a byte too much',
    answer: (socket) => socket.write(http(200, OK.padEnd(64 * 1024 + 1))),
    outcome: unknown('too_large'),
  },
  {
    name: 'headers beyond all measure',
    answer: (socket) => socket.write(http(200, OK, { 'x-noise': 'n'.repeat(100_000) })),
    outcome: unknown('bad_http'),
  },
  { name: 'something that is not HTTP', answer: 'SSH-2.0-OpenSSH_9.9\r\n', outcome: unknown('bad_http') },
  {
    name: 'an upgrade',
    answer: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    outcome: { kind: 'unknown' },
  },
];

function chunked(body: string): string {
  const chunks = [...body].map((character) => `1\r\n${character}\r\n`).join('');
  return `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
}

/** One byte to a write, each after the one before was flushed. */
function dribble(socket: Socket, text: string): void {
  if (text !== '') socket.write(text.slice(0, 1), () => dribble(socket, text.slice(1)));
}

async function send({ answer, overrides, timeoutMs }: Row) {
  const provider = untilEnd(
    await openRawProvider({
      onRequest: (socket) => {
        socket.setNoDelay(true);
        if (typeof answer === 'function') answer(socket);
        else socket.write(answer);
      },
    }),
  );
  const client = untilEnd(clientOf(provider.url));
  const options = { ...ATTEMPT, ...(timeoutMs && { timeoutMs }), ...(overrides && { overrides }) };
  const outcome = await client.sendFile(FILE, options);
  return { outcome, requests: provider.requests.length };
}

describe.each([
  ['an acceptance', ACCEPTANCES],
  ['a FAIL', REASONS],
  ['an HTTP status', STATUSES],
  ['a break', BREAKS],
])('%s', (_group, rows) => {
  it.each(rows)('$name', async (row) => {
    const { outcome, requests } = await send(row);
    expect(outcome).toMatchObject(row.outcome);
    expect(requests).toBe(1);
  });
});
