import { type Finding, finding, verdictOfFinding } from '../../src/domain/preflight.js';

it.each<[Finding['kind'], number, object]>([
  ['fine', 0, { do: 'send', result: 'passed' }],
  ['fine', 9, { do: 'send', result: 'passed' }],
  ['not_asked', 0, { do: 'send', result: 'not_asked' }],
  ['fault', 0, { do: 'fail', result: 'failed' }],
  ['refused', 0, { do: 'again', result: 'postponed', delayMs: 30_000 }],
  ['refused', 1, { do: 'again', result: 'postponed', delayMs: 120_000 }],
  ['refused', 2, { do: 'fail', result: 'failed' }],
  ['unclear', 0, { do: 'again', result: 'postponed', delayMs: 30_000 }],
  ['unclear', 1, { do: 'again', result: 'postponed', delayMs: 120_000 }],
  ['unclear', 2, { do: 'send', result: 'unclear' }],
])('what is %s after %i looks in vain comes to %j', (kind, before, verdict) => {
  expect(verdictOfFinding(finding(kind, 'word'), before)).toEqual(verdict);
});
