import {
  type EarlierLooks,
  type Finding,
  finding,
  lookInWords,
  verdictOfFinding,
} from '../../src/domain/preflight.js';

const before = (looks: number, found = 'word'): EarlierLooks => ({ looks, found });

it.each<[Finding['kind'], EarlierLooks, object]>([
  ['fine', before(0, ''), { do: 'send', result: 'passed' }],
  ['fine', before(9), { do: 'send', result: 'passed' }],
  ['not_asked', before(0, ''), { do: 'send', result: 'not_asked' }],
  ['fault', before(0, ''), { do: 'fail', result: 'failed' }],
  ['doubtful', before(0, ''), { do: 'send', result: 'warned' }],
  ['doubtful', before(2, 'http_500'), { do: 'send', result: 'warned' }],
  ['missing', before(0, ''), { do: 'again', result: 'postponed', delayMs: 30_000 }],
  ['missing', before(1, 'http_500'), { do: 'again', result: 'postponed', delayMs: 30_000 }],
  ['missing', before(2, 'dns'), { do: 'again', result: 'postponed', delayMs: 30_000 }],
  ['missing', before(1, 'word'), { do: 'fail', result: 'failed' }],
  ['missing', before(5, 'word'), { do: 'fail', result: 'failed' }],
  ['unclear', before(0, ''), { do: 'again', result: 'postponed', delayMs: 30_000 }],
  ['unclear', before(1), { do: 'again', result: 'postponed', delayMs: 120_000 }],
  ['unclear', before(2), { do: 'send', result: 'unclear' }],
])('what is %s after %j comes to %j', (kind, earlier, verdict) => {
  expect(verdictOfFinding(finding(kind, 'word'), earlier)).toEqual(verdict);
});

it('ends in a few looks, whatever the host answers in turn', () => {
  const kinds = ['missing', 'unclear'] as const;
  for (let mask = 0; mask < 2 ** 8; mask += 1) {
    let earlier = before(0, '');
    const verdicts = Array.from({ length: 8 }, (_, look) => {
      const found = finding(kinds[(mask >> look) & 1] ?? 'missing', `word${(mask >> look) & 1}`);
      const verdict = verdictOfFinding(found, earlier);
      earlier = { looks: earlier.looks + 1, found: found.reason };
      return verdict.do;
    });
    expect(verdicts.slice(0, 4)).toContainEqual(expect.not.stringMatching('again'));
  }
});

it.each([
  ['ok', 'fine'],
  ['dns', 'its host’s name could not be looked up'],
  ['http_429', 'its host does not answer us, which says nothing about WhatsApp; sent with this warning'],
  ['http_500', 'its host is in trouble'],
  ['link_missing', null],
])('says %s of a link in its own words', (found, words) => expect(lookInWords(found)).toBe(words));
