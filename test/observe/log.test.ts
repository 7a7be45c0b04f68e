import { createLog, type Log, type LogFields, type LogOptions } from '../../src/observe/log.js';

const NUMBER = '972501234567';
const KEY = 'k3y-canary';
const SIGNATURE = 'sig-canary';
const LINK = `https://files.example/a.pdf?X-Amz-Signature=${SIGNATURE}`;

describe('a JSON log', () => {
  it('writes one object a line: level, time, bindings, fields and message', () => {
    const { log, lines } = open({ bindings: { process: 'worker' } });
    log.info('attempt ended', { account: 'shop', durationMs: 12, accepted: true, unique: null });
    expect(lines.map(parse)).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        process: 'worker',
        account: 'shop',
        durationMs: 12,
        accepted: true,
        unique: null,
        msg: 'attempt ended',
      },
    ]);
  });

  it.each([
    ['silent', []],
    ['error', ['error']],
    ['warn', ['warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['debug', ['debug', 'info', 'warn', 'error']],
  ] as const)('at level %s writes %j', (level, expected) => {
    const { log, lines } = open({ level });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]('told');
    expect(lines.map((line) => parse(line).level)).toEqual(expected);
  });

  it('does not even read the fields of a line that nobody will see', () => {
    const { log, lines } = open({ level: 'warn' });
    const fields = {
      get costly(): string {
        throw new Error('was read');
      },
    };
    log.debug('quiet', fields);
    expect(lines).toEqual([]);
  });

  it('gives a child the bindings of its parents', () => {
    const { log, lines } = open({ bindings: { process: 'worker' } });
    log.child({ account: 'shop' }).child({ to: NUMBER }).info('told');
    expect(parse(lines[0])).toMatchObject({ process: 'worker', account: 'shop', to: '972…67' });
  });
});

describe('no canary gets out', () => {
  const cases: readonly (readonly [string, (log: Log) => void])[] = [
    ['in the message', (log) => log.info(`sending ${LINK} to ${NUMBER}`)],
    ['in a field', (log) => log.info('told', { to: NUMBER, link: LINK })],
    ['as a number', (log) => log.info('told', { to: Number(NUMBER), big: BigInt(NUMBER) })],
    ['as a key', (log) => log.info('told', { [NUMBER]: 1 })],
    ['deep inside', (log) => log.info('told', { a: { b: [{ c: [`to ${NUMBER}`, LINK] }] } })],
    ['in a map and a set', (log) => log.info('told', { m: new Map([[NUMBER, LINK]]), s: new Set([NUMBER]) })],
    ['in a URL object', (log) => log.info('told', { link: new URL(LINK) })],
    ['in a buffer', (log) => log.info('told', { body: Buffer.from(`${KEY} ${NUMBER} ${SIGNATURE}`) })],
    [
      'in a field that JSON calls __proto__',
      (log) => log.info('told', JSON.parse(`{"__proto__":["${NUMBER}"]}`)),
    ],
    ['in bindings', (log) => log.child({ to: NUMBER, apiKey: KEY }).info('told')],
    ['in an error', (log) => log.error('failed', { error: failure() })],
    ['in many errors', (log) => log.error('failed', { error: new AggregateError([failure()], LINK) })],
    [
      'in a class',
      (log) =>
        log.info('told', {
          it: new (class {
            readonly to = NUMBER;
            readonly token = KEY;
          })(),
        }),
    ],
    [
      'under the name of a secret',
      (log) =>
        log.info('told', {
          apiKey: KEY,
          api_key: KEY,
          'X-Api-Key': [KEY],
          webhookToken: KEY,
          headers: { authorization: `Bearer ${KEY}`, cookie: KEY },
          secrets: { a: KEY },
          redis: { password: KEY },
        }),
    ],
  ];

  it.each(cases)('%s', (_where, tell) => {
    const { log, lines } = open({ level: 'debug' });
    tell(log);
    expect(lines).toHaveLength(1);
    for (const canary of [NUMBER, KEY, SIGNATURE]) expect(lines.join('')).not.toContain(canary);
  });

  it('nor in the pretty format', () => {
    const { log, lines } = open({ format: 'pretty' });
    log.error(`failed for ${NUMBER}`, { error: failure(), apiKey: KEY });
    for (const canary of [NUMBER, KEY, SIGNATURE]) expect(lines.join('')).not.toContain(canary);
  });
});

describe('what stays readable', () => {
  it('tells an error by name, message, code, stack and cause', () => {
    const { log, lines } = open();
    log.error('failed', { error: failure() });
    expect(parse(lines[0]).error).toEqual({
      name: 'Error',
      message: 'no answer for 972…67',
      code: 'ECONNRESET',
      stack: expect.stringContaining('log.test.ts'),
      cause: { name: 'TypeError', message: 'GET https://files.example/a.pdf', stack: expect.any(String) },
    });
  });

  it.each<readonly [string, unknown, unknown]>([
    ['an id of ours', 'dlv_01J00000000000000000000000', 'dlv_01J00000000000000000000000'],
    ['epoch milliseconds', 1_763_800_000_000, 1_763_800_000_000],
    ['a duration', 86_400_000, 86_400_000],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an empty secret', { token: null }, { token: null }],
  ])('keeps %s', (_what, value, written) => {
    const { log, lines } = open();
    log.info('told', { value });
    expect(parse(lines[0]).value).toEqual(written);
  });

  it('names the command that Redis refused, not what it carried', () => {
    const { log, lines } = open({});
    const command = { name: 'evalsha', args: ['sha', '{"caption":"Dear Anna"}'] };
    log.error('failed', { error: Object.assign(new Error('WRONGTYPE'), { command }) });
    expect(lines.map(parse)).toMatchObject([{ error: { message: 'WRONGTYPE', command: 'evalsha' } }]);
    expect(lines.join()).not.toContain('Anna');
  });

  it('survives circles, depth, length and getters that throw', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const trap = {
      get value(): string {
        throw new Error('no');
      },
    };
    const { log, lines } = open();
    log.info('told', {
      circle,
      trap,
      long: Array(1000).fill('x'),
      deep: { a: { b: { c: { d: { e: { f: {} } } } } } },
    });
    const told = parse(lines[0]);
    expect(told.circle).toEqual({ self: '[circular]' });
    expect(told.trap).toBe('[unreadable]');
    expect(told.long).toHaveLength(50);
    expect(JSON.stringify(told.deep)).toContain('[deep]');
  });
});

describe('the format', () => {
  it.each([
    ['auto', true, false],
    ['auto', false, true],
    ['json', true, true],
    ['pretty', false, false],
  ] as const)('%s on a terminal (%s) writes JSON: %s', (format, isTTY, json) => {
    const { log, lines } = open({ format }, isTTY);
    log.info('told', { account: 'shop' });
    expect(lines.join('')).toContain('told');
    expect(lines.join('').startsWith('{')).toBe(json);
  });
});

function failure(): Error {
  const cause = new TypeError(`GET ${LINK}`);
  return Object.assign(new Error(`no answer for ${NUMBER}`, { cause }), {
    code: 'ECONNRESET',
    apiKey: undefined,
  });
}

function open(options: Partial<LogOptions> = {}, isTTY = false): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const destination = { isTTY, write: (line: string) => lines.push(line) };
  return { log: createLog({ level: 'info', format: 'json', destination, ...options }), lines };
}

function parse(line: string | undefined): LogFields {
  return JSON.parse(line ?? '') as LogFields;
}
