import { type Blame, blame, type Meeting } from '../../src/domain/blame.js';
import { MINUTE, SECOND } from '../../src/domain/time.js';

const NOW = 1_800_000_000_000;
const first: Meeting = {
  reason: 'http_403',
  startedAt: NOW,
  earlier: 0,
  firstAt: null,
  wellAt: null,
  passedAt: null,
  others: 0,
  othersSinceWell: 0,
};
/** Refused a minute ago, found well since, and refused again. */
const again: Meeting = { ...first, earlier: 1, firstAt: NOW - MINUTE, wellAt: NOW - 5 * SECOND };
const passed = { passedAt: NOW - SECOND };

const DELIVERY: Blame = { kind: 'delivery' };
const ASIDE: Blame = { kind: 'set_aside', othersPass: false };
const account = (reason: string): Blame => ({ kind: 'account', reason });

it.each<readonly [string, Meeting, Blame]>([
  ['the first of all: nothing is known', first, account('http_403')],
  ['the first after a good probe', { ...first, wellAt: NOW - SECOND }, ASIDE],
  ['the first, while others pass', { ...first, ...passed }, account('http_403')],
  ['the first, long after a good probe', { ...first, wellAt: NOW - 15 * MINUTE }, account('http_403')],
  ['again, alone', again, DELIVERY],
  ['again, with no probe since', { ...again, wellAt: NOW - 2 * MINUTE }, account('http_403')],
  ['again, while others pass', { ...again, wellAt: null, ...passed }, DELIVERY],
  [
    'again, where others passed before only',
    { ...again, others: 1, passedAt: NOW - 2 * MINUTE },
    account('sends_refused'),
  ],
  ['again, and another was refused too', { ...again, others: 1 }, account('sends_refused')],
  ['again, few were refused since others passed', { ...again, ...passed, others: 4 }, DELIVERY],
  [
    'again, many were refused since others passed',
    { ...again, ...passed, others: 5 },
    account('sends_refused'),
  ],
  [
    'the 20th in a row after a probe',
    { ...first, wellAt: NOW - SECOND, others: 19, othersSinceWell: 19 },
    account('sends_refused'),
  ],
  ['the 19th', { ...first, wellAt: NOW - SECOND, others: 40, othersSinceWell: 18 }, ASIDE],
  ['FAIL 2 again, alone', { ...again, reason: '2' }, DELIVERY],
  ['FAIL 3 again, alone: it is the key', { ...again, reason: '3' }, account('3')],
  [
    'FAIL 3 again, while others pass',
    { ...again, reason: '3', ...passed },
    { kind: 'set_aside', othersPass: true },
  ],
  ['a reason of the account’s own, again', { ...again, reason: '9', ...passed }, account('9')],
  ['a status of the account’s own, again', { ...again, reason: 'http_400', ...passed }, account('http_400')],
])('%s', (_, meeting, found) => {
  expect(blame(meeting)).toEqual(found);
});
