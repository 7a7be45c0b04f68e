import { request } from 'undici';
import type { FaultInput } from '../../sandbox/faults/fault.js';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import { eventually } from '../support/wait.js';
import { API_KEY, call, FROM, LINK, sendFile, TO } from './calls.js';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 1, windowsOpen: true });
});
afterEach(() => sandbox.close());

function answersSeen(): string[] {
  return sandbox.requests().map(({ answer }) => answer);
}

describe('a fault in the answer', () => {
  it('fails with any reason, and nothing is taken', async () => {
    sandbox.fault({ kind: 'fail', reason: 6 });
    expect((await sendFile(sandbox)).json).toMatchObject({ status: 'FAIL', reason: 6 });
    expect(sandbox.accepted()).toEqual([]);
  });

  it('may take the message although it says FAIL', async () => {
    sandbox.fault({ kind: 'fail', reason: '6', accept: true });
    const { json } = await sendFile(sandbox);
    expect([json.status, json.reason, json.unique]).toEqual(['FAIL', '6', undefined]);
    expect(sandbox.acceptedTimes({ to: TO, body: LINK })).toBe(1);
  });

  it('answers another HTTP status with headers and body', async () => {
    sandbox.fault({ kind: 'http', status: 429, headers: { 'retry-after': '7' }, body: 'slow down' });
    const { status, headers, text } = await sendFile(sandbox);
    expect([status, headers['retry-after'], text]).toEqual([429, '7', 'slow down']);
  });

  it('answers an HTML page like a proxy when it has no body of its own', async () => {
    sandbox.fault({ kind: 'http', status: 503 });
    const { status, headers, text } = await sendFile(sandbox);
    expect([status, headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(text).toContain('<h1>503</h1>');
  });

  it('redirects', async () => {
    sandbox.fault({ kind: 'http', status: 302, headers: { location: 'http://127.0.0.1:9/' } });
    const { status, headers } = await sendFile(sandbox);
    expect([status, headers.location]).toEqual([302, 'http://127.0.0.1:9/']);
  });

  it('answers not a byte', async () => {
    sandbox.fault({ kind: 'empty_body' });
    const { status, text } = await sendFile(sandbox);
    expect([status, text, sandbox.accepted().length]).toEqual([200, '', 1]);
  });

  it('breaks the JSON off', async () => {
    sandbox.fault({ kind: 'truncated_json' });
    const { status, text } = await sendFile(sandbox);
    expect([status, text.startsWith('{"status":"OK"')]).toEqual([200, true]);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it('answers a huge body', async () => {
    sandbox.fault({ kind: 'huge_body', bytes: 300_000 });
    expect((await sendFile(sandbox)).text).toHaveLength(300_000);
  });

  it('answers JSON that is neither OK nor FAIL', async () => {
    sandbox.fault({ kind: 'odd_json', json: ['?'] });
    expect((await sendFile(sandbox)).text).toBe('["?"]');
  });
});

describe('a fault of the connection', () => {
  it.each<[FaultInput, number]>([
    [{ kind: 'reset_before_reading' }, 0],
    [{ kind: 'reset_after_reading' }, 0],
    [{ kind: 'reset_after_accepting' }, 1],
    [{ kind: 'reset_mid_response' }, 1],
    [{ kind: 'reset_mid_response', accept: false }, 0],
    [{ kind: 'lose_reply' }, 1],
  ])('%j ends the call, and the message was taken %i times', async (fault, taken) => {
    sandbox.fault(fault);
    await expect(sendFile(sandbox)).rejects.toThrow();
    expect(answersSeen()).toEqual([fault.kind]);
    expect(sandbox.acceptedTimes({ to: TO })).toBe(taken);
  });

  it('hangs before the headers until the caller gives up', async () => {
    sandbox.fault({ kind: 'hang', accept: true });
    const caller = new AbortController();
    const calling = request(`${sandbox.url}/sendFile`, {
      method: 'POST',
      body: file(),
      signal: caller.signal,
    });
    await eventually(() => sandbox.accepted().length === 1);
    caller.abort();
    await expect(calling).rejects.toThrow('aborted');
  });

  it('hangs after the headers until the caller gives up', async () => {
    sandbox.fault({ kind: 'hang', when: 'after_headers' });
    const caller = new AbortController();
    const { statusCode, body } = await request(`${sandbox.url}/sendFile`, {
      method: 'POST',
      body: file(),
      signal: caller.signal,
    });
    caller.abort();
    await expect(body.text()).rejects.toThrow('aborted');
    expect([statusCode, sandbox.accepted()]).toEqual([200, []]);
  });

  it('ends with the sandbox when nobody gives up', async () => {
    sandbox.fault({ kind: 'hang' });
    const calling = sendFile(sandbox);
    const ended = expect(calling).rejects.toThrow();
    await eventually(() => answersSeen().includes('hang'));
    await sandbox.close();
    await ended;
  });
});

describe('a slow call', () => {
  it('is taken at once and answered late', async () => {
    sandbox.fault({ kind: 'slow', latencyMs: 60_000 });
    const calling = expect(sendFile(sandbox)).rejects.toThrow();
    await eventually(() => sandbox.accepted().length === 1);
    await sandbox.close();
    await calling;
  });

  it('is taken late, even when its caller is gone', async () => {
    sandbox.fault({ kind: 'slow', latencyMs: 1000, when: 'before_accepting' });
    const caller = new AbortController();
    const calling = request(`${sandbox.url}/sendFile`, {
      method: 'POST',
      body: file(),
      signal: caller.signal,
    });
    const ended = expect(calling).rejects.toThrow('aborted');
    await eventually(() => sandbox.requests()[0]?.fields !== null && sandbox.requests().length === 1);
    caller.abort();
    await ended;
    await eventually(() => sandbox.acceptedTimes({ to: TO }) === 1);
  });
});

describe('aim', () => {
  it('meets the next N sends and no more', async () => {
    sandbox.fault({ kind: 'fail', reason: 6, times: 2 });
    for (let sends = 0; sends < 3; sends += 1) await sendFile(sandbox);
    expect(answersSeen()).toEqual(['fail', 'fail', 'OK']);
    expect(sandbox.faults()).toEqual([]);
  });

  it('meets one recipient alone', async () => {
    sandbox.fault({ kind: 'fail', reason: 6, to: TO, times: 'always' });
    await sendFile(sandbox, { to: '972502222222' });
    await sendFile(sandbox);
    await sendFile(sandbox);
    expect(answersSeen()).toEqual(['OK', 'fail', 'fail']);
  });

  it('meets a share of all sends by probability', async () => {
    sandbox.fault({ kind: 'fail', reason: 6, times: 'always', probability: 0.5 });
    for (let sends = 0; sends < 40; sends += 1) await sendFile(sandbox);
    const { faulted, accepted } = sandbox.counts();
    expect(faulted).toBeGreaterThan(8);
    expect(accepted).toBeGreaterThan(8);
    expect(faulted + accepted).toBe(40);
  });

  it('meets other calls when told to', async () => {
    sandbox.fault({ kind: 'http', status: 500, on: ['getHistory'] });
    expect((await sendFile(sandbox)).status).toBe(200);
    expect((await call(sandbox, 'getHistory', { to: TO, page: 1 })).status).toBe(500);
  });

  it('is given up by clearFaults', async () => {
    sandbox.fault({ kind: 'fail', reason: 6, times: 'always' });
    sandbox.clearFaults();
    expect((await sendFile(sandbox)).json.status).toBe('OK');
  });

  it('takes a message only if the provider would', async () => {
    sandbox.windowLeft(TO, 0);
    sandbox.fault({ kind: 'lose_reply' });
    await expect(sendFile(sandbox)).rejects.toThrow();
    expect(sandbox.accepted()).toEqual([]);
  });

  it('cannot name a recipient that nobody has read', () => {
    expect(() => sandbox.fault({ kind: 'reset_before_reading', to: TO })).toThrow('not known before reading');
  });
});

it('waits for the latency that is set', async () => {
  const slow = await startSandbox({ latencyMs: { min: 60_000, max: 60_000 }, windowsOpen: true });
  const calling = expect(sendFile(slow)).rejects.toThrow();
  await eventually(() => slow.requests().length === 1);
  expect(slow.requests()[0]?.answer).toBe('open');
  await slow.close();
  await calling;
});

function file(): string {
  return JSON.stringify({ apiKey: API_KEY, from: FROM, to: TO, body: LINK });
}
