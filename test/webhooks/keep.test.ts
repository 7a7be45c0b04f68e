import { createSpoolingKeep, type ReceivedBody } from '../../src/webhooks/keep.js';
import { Recorder } from './harness.js';

const received = (text: string): ReceivedBody => ({ text, at: 0, body: { kind: 'not_json' } });

function open() {
  const state = { clock: 0, away: false };
  const [applied, spooled]: [string[], string[]] = [[], []];
  const recorder = new Recorder();
  const keep = createSpoolingKeep({
    apply: async ({ text }) => {
      if (state.away) throw new Error('Connection is closed.');
      applied.push(text);
    },
    spool: { append: async ({ text }) => void spooled.push(text) },
    monotonic: () => state.clock,
    log: recorder.log,
  });
  return { state, applied, spooled, recorder, keep };
}

test('what can be applied is not spooled', async () => {
  const { keep, applied, spooled } = open();
  await keep(received('one'));
  expect([applied, spooled]).toEqual([['one'], []]);
});

test('what cannot be applied is spooled, and for a second what comes after it, without asking', async () => {
  const { keep, state, applied, spooled, recorder } = open();
  state.away = true;
  await keep(received('one'));
  state.away = false;
  await keep(received('two'));
  state.clock = 1000;
  await keep(received('three'));
  expect([applied, spooled]).toEqual([['three'], ['one', 'two']]);
  expect(recorder.lines).toHaveLength(1);
});

test('what can neither be applied nor spooled is told to the caller', async () => {
  const { recorder } = open();
  const keep = createSpoolingKeep({
    apply: () => Promise.reject(new Error('Connection is closed.')),
    spool: { append: () => Promise.reject(new Error('no space left on device')) },
    monotonic: () => 0,
    log: recorder.log,
  });
  await expect(keep(received('one'))).rejects.toThrow('no space left');
});
