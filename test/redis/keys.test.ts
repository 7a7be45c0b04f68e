import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { measureBacklog } from '../../src/redis/backlog.js';
import { setGate } from '../../src/redis/gate.js';
import { accountKeys } from '../../src/redis/keys.js';
import { createTogetherRunner, loadScript } from '../../src/redis/script.js';
import { withRedis } from '../support/redis.js';
import {
  type Bench,
  CLIENT,
  delivery,
  FROM,
  FROM_ID,
  inbound,
  jobOf,
  openBench,
  PREFIX,
  receipt,
} from './bench.js';

const redis = withRedis();
const scripts = readdirSync(join(__dirname, '../../src/redis/lua'))
  .filter((file) => file.endsWith('.lua'))
  .map((file) => file.slice(0, -'.lua'.length));

/** What decides a key's slot in a cluster: the text between its first braces. */
function tagOf(key: string | undefined): string {
  return /\{([^}]+)\}/.exec(key ?? '')?.[1] ?? '';
}

it('keeps all of an account in one hash slot, BullMQ’s queue too', () => {
  const { fixed, ...named } = accountKeys(PREFIX, FROM);
  const all = [...Object.values(fixed), ...Object.values(named).map((name) => name('x'))];
  expect(new Set(all.map(tagOf))).toEqual(new Set([FROM]));
  expect(new Set(all).size).toBe(all.length);
});

it.each(scripts)('%s names its keys and arguments, uses all of them, and reads no other', (name) => {
  const { keys, args, each, preface, text } = loadScript(name);
  const body = text.slice(preface.length).replace(/--.*$/gm, '');
  expect(
    [...keys, ...args, ...each.keys, ...each.args].filter(
      (given) => !new RegExp(`\\b${given}\\b`).test(body),
    ),
  ).toEqual([]);
  expect(/\b(KEYS|ARGV)\b/.test(body)).toBe(false);
});

describe('with access to the account’s keys alone', () => {
  let narrow: Redis;
  let bench: Bench;
  const one = delivery('one');

  beforeEach(async () => {
    const rules = ['reset', 'on', 'nopass', '+@all', '-@dangerous', '+info', `~${PREFIX}:{${FROM}}:*`];
    await redis.client.acl('SETUSER', 'narrow', ...rules, `~${PREFIX}:queue:{${FROM}}:*`);
    narrow = new Redis(redis.url, { username: 'narrow', password: 'any' });
    bench = openBench(narrow);
  });
  afterEach(() => narrow.disconnect());

  it('is refused elsewhere, so that this test means something', async () => {
    await expect(narrow.get('another:key')).rejects.toThrow('NOPERM');
  });

  it('sends and receives', async () => {
    await bench.inbound({ fromId: FROM_ID });
    await bench.accept(one);
    await bench.claim(one);
    await bench.callbacks.applyReceipt(receipt('failed', 'u1', '7'));
    await expect(bench.settle(one)).resolves.toMatchObject({ status: 'failed' });
    await expect(bench.callbacks.applyReceipt(receipt('delivered'))).resolves.toMatchObject({
      kind: 'applied',
    });
  });

  it('waits, holds and ends', async () => {
    await bench.accept(one);
    await bench.accept(delivery('two'));
    await bench.closeWindow();
    await bench.holdForWindow(one);
    await bench.callbacks.applyInbound({ ...inbound(), number: null, fromId: FROM_ID });
    await bench.inbound({ fromId: FROM_ID });
    await bench.claim(one);
    await bench.postpone(one, { delayMs: 0, gate: { kind: 'until', delayMs: MINUTE, reason: '6' } });
    await bench.store.look(one);
    await expect(bench.store.overdue(FROM, 9)).resolves.toEqual([]);
    await bench.store.conclude(one, { status: 'expired', reason: 'expired' });
    await bench.store.refuse({ from: FROM, id: 'bad', to: '' }, jobOf({ id: 'bad' }), '[]');
    await expect(bench.status('one')).resolves.toBe('expired');
  });

  it('doubts, resigns, measures and closes', async () => {
    await bench.accept(one);
    await bench.claim(one, { horizonMs: HOUR });
    await bench.doubt(one);
    await bench.store.resign(one);
    await setGate(narrow, PREFIX, { from: FROM, state: 'paused', reason: 'operator' });
    await expect(measureBacklog(narrow, PREFIX, FROM)).resolves.toMatchObject({ gate: { state: 'paused' } });
    await expect(bench.conversation(CLIENT)).resolves.toMatchObject({ flight: 'one' });
  });

  it('drops the orphans that are too many', async () => {
    const { orphans } = bench.keys.fixed;
    for (const uniqueId of ['u1', 'u2', 'u3']) {
      const [unique, orphan] = [bench.keys.unique(uniqueId), bench.keys.orphan(uniqueId)];
      const doubts = bench.keys.doubts('');
      const args = {
        uniqueId,
        receipt: 'sent',
        code: '',
        why: '',
        precedence: 'sent',
        unconfirmedMs: HOUR,
        orphanMs: HOUR,
        orphansKept: 2,
        to: CLIENT,
        othersMs: HOUR,
        othersKept: 2,
      };
      const own = { keys: [{ unique, orphan, doubts }], args: [args] };
      await createTogetherRunner(narrow)('receipt', { keys: bench.keys.fixed, args }, own);
    }
    await expect(narrow.zrange(orphans, '0', '-1')).resolves.toEqual(['u2', 'u3']);
    await expect(narrow.zrange(bench.keys.fixed.others, '0', '-1')).resolves.toEqual(['u2', 'u3']);
    await expect(narrow.exists(bench.keys.orphan('u1'))).resolves.toBe(0);
  });
});
