import { accountKeys } from '../../src/redis/keys.js';
import { createScriptRunner } from '../../src/redis/script.js';
import { tagOf } from '../support/one-slot.js';
import { withRedis } from '../support/redis.js';

const redis = withRedis();

it.each([
  ['a{b}c', 'b'],
  ['{b}{c}', 'b'],
  ['{}a', '{}a'],
  ['plain', 'plain'],
  ['a{b', 'a{b'],
])('of %s decides %s', (key, tag) => {
  expect(tagOf(key)).toBe(tag);
});

it('refuses every script in tests whose keys a cluster would keep apart, and so no other', async () => {
  const run = createScriptRunner(redis.client);
  const { recordPrefix } = accountKeys('waybill', '972771234567').fixed;
  const args = { atMost: 1, atLeast: 0, most: 1 };
  const foreign = accountKeys('waybill', '972771234568').fixed.deliveries;
  await expect(run('page', { index: foreign, recordPrefix }, args)).rejects.toThrow('CROSSSLOT');
  const own = accountKeys('waybill', '972771234567').fixed.deliveries;
  await expect(run('page', { index: own, recordPrefix }, args)).resolves.toEqual([0]);
});
