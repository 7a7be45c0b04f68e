import { eventually } from './wait.js';

describe('eventually', () => {
  it('resolves with the first value that is there', async () => {
    const answers = [undefined, null, false, 0] as const;
    let calls = 0;
    await expect(eventually(() => answers[calls++])).resolves.toBe(0);
    expect(calls).toBe(4);
  });

  it('tries again after a throw, so that assertions can be awaited', async () => {
    let calls = 0;
    await eventually(() => {
      calls += 1;
      expect(calls).toBe(3);
      return true;
    });
    expect(calls).toBe(3);
  });

  it('says what was awaited and what the last try threw', async () => {
    const cause = new Error('still closed');
    const waiting = eventually(() => Promise.reject(cause), { timeoutMs: 20, what: 'The open window' });
    await expect(waiting).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The open window was not met in 20 ms \(\d+ tries\); last: threw still closed$/,
      ),
      cause,
    });
  });

  it('says what the last try returned', async () => {
    await expect(eventually(() => false, { timeoutMs: 0 })).rejects.toThrow('last: returned false');
  });
});
