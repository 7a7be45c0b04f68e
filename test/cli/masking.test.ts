import { createWaybill } from '../../src/index.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, SHOP } from '../support/stack.js';
import { eventually } from '../support/wait.js';
import { type Ran, runCli, startCli } from './cli-in-process.js';

const redis = withRedis();
const TO = '972501234567';
const OTHER = '972509999988';
const LANE = ['inv-1', 'inv-2', 'inv-3'];

const env = () => ({ REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([SHOP]) });
const run = (...args: readonly string[]) => runCli(args, env());
const written = ({ stdout, stderr }: Ran) => `${stdout}${stderr}`;

/** A lane of three, the first of which is next, and another conversation; nobody sends. */
beforeEach(async () => {
  const waybill = createWaybill({ redis: redis.url, accounts: [{ from: FROM, name: 'shop' }] });
  for (const id of LANE) await waybill.enqueue(requestTo(TO, { id, caption: `Call ${TO}` }));
  await waybill.enqueue(requestTo(OTHER, { id: 'other' }));
  await waybill.close();
});

it.each([
  ['a list', ['list'], /972…67[\s\S]*972…88|972…88[\s\S]*972…67/],
  ['a list as JSON', ['list', '--json'], /"to":"972…67"/],
  ['a list of one recipient', ['list', '--to', `+${TO}`], /972…67/],
  ['those behind in a lane', ['list', '--status', 'waiting'], /inv-2 .*972…67 .*waiting/],
  ['a count of what would be cancelled', ['cancel', '--to', TO], /^3 to cancel/],
  ['what was cancelled', ['cancel', '--to', TO, '--yes'], /inv-1 cancelled/],
  ['what was cancelled, as JSON', ['cancel', '--to', TO, '--yes', '--json'], /"id":"inv-1"/],
  ['one that was cancelled', ['cancel', 'inv-2'], /inv-2 cancelled/],
  ['what cannot be resent', ['resend', 'inv-1'], /only one that failed or expired/],
  ['what cannot be resolved', ['resolve', 'inv-1', '--sent'], /only an unknown outcome is resolved/],
  ['an id that is a number', ['cancel', TO], /./],
  ['the explanation of an id that is a number', ['explain', TO], /./],
  ['accounts', ['accounts'], /972…67/],
])('shows no whole number in %s', async (_what, args, told) => {
  const shown = written(await run(...args));
  expect(shown).toMatch(told);
  expect(shown).not.toMatch(/97250\d{7}|97277\d{7}/);
});

it.each([['explain'], ['status']])(
  '%s shows the number of the delivery that was asked for, and no other',
  async (verb) => {
    for (const id of ['inv-2', 'inv-3']) {
      const shown = written(await run(verb, id)) + written(await run(verb, id, '--json'));
      expect(shown).toMatch(/1 before it|"ahead":\d|inv-1/);
      expect(shown).not.toContain(OTHER);
    }
  },
);

it('shows whole numbers in a list where they are asked for', async () => {
  const { stdout } = await run('list', '--full-numbers');
  expect(stdout).toContain(TO);
  expect(stdout).toContain(OTHER);
});

it('follows events without a number', async () => {
  for (const json of [[], ['--json']]) {
    const events = startCli(['events', '--after', '0', ...json], env());
    await eventually(() => LANE.every((id) => events.stdout().includes(id)), { timeoutMs: 20_000 });
    events.interrupt();
    expect(written(await events.ended)).not.toMatch(/97250\d{7}/);
  }
});
