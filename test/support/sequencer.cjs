const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * What takes longest, longest first: begun last, it would keep one core busy while the other has nothing to do. A fresh
 * clone has no times of its own, and size, by which jest sorts then, says little: the longest file is the shortest.
 */
const LONGEST = [
  'faults/short',
  'project/package',
  'producer/http/page/page',
  'e2e/bulk-http',
  'inputs/answers',
  'cli/processes',
  'dev/dev',
  'e2e/load',
  'e2e/gate',
  'e2e/accounts-follow',
  'inputs/numbers',
  'push/push',
];

module.exports = class extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rankOf(one) - rankOf(other));
  }
};

function rankOf({ path }) {
  const rank = LONGEST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return rank < 0 ? LONGEST.length : rank;
}
